"""The threads of the bridge: as many as help, and no more.

A thread that waits for a database lets others run; a thread that computes only takes turns with them, and each turn
costs: a request whose thread loses the interpreter in the middle waits until each of the others has had it for 5 ms.
So how many may be awake follows what they do, looked at every few milliseconds while requests wait:
    the threads leave the processor idle            twice as many, for the requests that wait
    nothing was started for a while                 one thread more: whatever runs is long
    two or more of them computed                    one thread fewer
A processor is not idle because others have it: a thread that is ready to compute and is not let counts like one that
computes. Otherwise a busy neighbour, or a container at its limit, would wake every thread there is.

Only the event loop grows the pool and puts jobs in; a thread takes the oldest job, and parks when there is none. The
thread that parked last wakes first, so that the others may end. Each step is safe because `append`, `pop` and `remove`
are single instructions: a thread announces that it parks *before* it looks at the queue for the last time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

from gateway.backends.thread_clock import ThreadClock
from gateway.backends.worker import Job, Worker
from gateway.errors import BackendUnavailable

TICK = 0.004
"""Seconds between two looks at the threads."""
BUSY = 0.85
"""The share of a tick that the threads and the loop compute, or would, when no processor is left for another thread."""
COMPUTED = 0.2
"""The share of a tick that makes a thread one that computes."""
FIRST_STEP = 4
"""How many threads are added at least where the processor is idle; from there their number doubles."""
STALLED = 0.05
"""Seconds without a job started, after which one thread more is tried."""
SWEEP = 0.05
"""Seconds between two looks at who has waited too long, or has left."""
IDLE = 30.0
"""Seconds that a thread parks before it ends."""


class Pool:
    """At most `threads` threads, and at most `queue` jobs that wait, none longer than `queue_timeout` seconds."""

    def __init__(self, *, threads: int, queue: int, queue_timeout: float) -> None:
        self.limit = threads
        self._queue_limit = queue
        self._queue_timeout = queue_timeout
        self._waiting: deque[Job] = deque()
        self._workers: set[Worker] = set()
        self._parked: list[Worker] = []
        self._allowed = 1
        self._started = 0
        self._closed = False
        self._ticker: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticked_at = self._moved_at = self._swept_at = 0.0
        self._loop_clock: ThreadClock | None = None
        self._head: Job | None = None

    # The event loop's side

    def submit(self, job: Job, loop: asyncio.AbstractEventLoop) -> None:
        """Have `job` run; `loop` is the running one.

        Raises BackendUnavailable when the queue is full, the pool is closed, or the system starts no thread.
        """
        if self._closed:
            raise BackendUnavailable("the gateway is shutting down", retry_after=1)
        if len(self._waiting) >= self._queue_limit + self._free():
            raise BackendUnavailable(f"{self._queue_limit} requests wait for legacy already", retry_after=1)
        job.queued_at = time.monotonic()
        self._waiting.append(job)
        if len(self._workers) - len(self._parked) < self._allowed:
            if not self._wake() and not self._workers:
                self._waiting.remove(job)
                raise BackendUnavailable("the system starts no thread for legacy", retry_after=1)
        elif self._ticker is None or self._loop is not loop:
            self._start_ticking(job.queued_at, loop)

    def withdraw(self, job: Job) -> bool:
        """Take `job` out of the queue; False when a thread has it already."""
        try:
            self._waiting.remove(job)
        except ValueError:
            return False
        return True

    @property
    def queued(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    def workers(self) -> tuple[Worker, ...]:
        """Every thread that lives."""
        return tuple(self._workers.copy())

    def close(self) -> None:
        """Take no more jobs; threads end when there are none."""
        self._closed = True
        while self._wake_parked():
            pass

    def empty(self) -> None:
        """Refuse every job that still waits."""
        while self._waiting:
            try:
                self._waiting.popleft().refuse(BackendUnavailable("the gateway is shutting down", retry_after=1))
            except IndexError:
                return

    def _wake(self) -> bool:
        """Wake or start one thread."""
        return self._wake_parked() or self._start()

    def _wake_parked(self) -> bool:
        try:
            worker = self._parked.pop()
        except IndexError:
            return False
        worker.wake()
        return True

    def _start(self) -> bool:
        if len(self._workers) >= self.limit:
            return False
        self._started += 1
        worker = Worker(self.take, self._started)
        self._workers.add(worker)
        try:
            worker.start()
        except (RuntimeError, MemoryError) as error:
            self._workers.discard(worker)
            logging.getLogger("gateway.bridge").error("no thread for legacy: %s", error)  # noqa: TRY400 - the trace says nothing more
            return False
        return True

    def _free(self) -> int:
        """How many jobs more the threads could have: one that is about to take its job has none yet."""
        if len(self._waiting) < self._queue_limit:
            return 1  # whatever they do, there is room; this is asked for every request
        return self.limit - sum(worker.job is not None for worker in self.workers())

    # Who may be awake

    def _start_ticking(self, now: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop_clock is None or self._loop is not loop:
            self._loop_clock = ThreadClock(or_process=True)
        self._loop = loop
        self._measure()
        self._ticked_at = self._moved_at = now
        self._head = None
        self._ticker = loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        elapsed = now - self._ticked_at
        wanted_cpu, computing = self._measure(elapsed)
        waiting = len(self._waiting)
        if not waiting:
            self._ticker = None
            self._head = None
            return
        active = len(self._workers) - len(self._parked)
        try:
            head = self._waiting[0]
        except IndexError:
            head = None
        if head is not self._head:
            self._head = head
            self._moved_at = now

        wanted = self._wanted(active, now, idle=wanted_cpu < BUSY * elapsed, computing=computing)
        for _ in range(min(waiting, wanted)):
            if not self._wake():
                break
            self._allowed = max(self._allowed, len(self._workers) - len(self._parked))

        if now - self._swept_at > SWEEP:
            self._swept_at = now
            self._sweep(now)
        self._ticked_at = now
        self._ticker = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _wanted(self, active: int, now: float, *, idle: bool, computing: int) -> int:
        """How many threads more may be awake; lowers the number that may."""
        if active < self._allowed:
            return self._allowed - active
        if idle:
            # Not all at once: should they turn out to compute, forty would keep the loop from its turn.
            return min(self.limit - active, max(active, FIRST_STEP))
        if now - self._moved_at > STALLED:
            self._moved_at = now
            return min(self.limit - active, 1)
        if computing > 1:
            self._allowed = max(1, active - 1)
        return 0

    def _measure(self, elapsed: float = 0.0) -> tuple[float, int]:
        """Seconds that the loop and the threads computed, or would have, since the last call; how many threads did."""
        clocks = [worker.clock for worker in self.workers()]
        laps = [sum(clock.lap()) for clock in clocks if clock is not None]
        computing = sum(lap > COMPUTED * elapsed for lap in laps)
        if self._loop_clock is not None:
            laps.append(sum(self._loop_clock.lap()))
        return sum(laps), computing

    def _sweep(self, now: float) -> None:
        for job in self._waiting.copy():
            waited = now - job.queued_at
            if waited < SWEEP:
                return
            if waited < self._queue_timeout:
                job.watch()
            elif self.withdraw(job):
                job.refuse(BackendUnavailable(f"no thread of legacy was free for {waited:.1f} s", retry_after=1))

    # A thread's side

    def take(self, worker: Worker) -> Job | None:
        """The next job for `worker`, however long that takes; None when it is to end."""
        while True:
            if self._closed or len(self._workers) - len(self._parked) <= self._allowed:
                try:
                    return self._waiting.popleft()
                except IndexError:
                    if self._closed:
                        self._workers.discard(worker)
                        return None
            self._parked.append(worker)
            if (self._waiting and len(self._workers) - len(self._parked) < self._allowed) or self._closed:
                # A job came, or the pool was closed, between the look at the queue and the announcement.
                if not self._unpark(worker):
                    worker.park(-1)
            elif not worker.park(IDLE):
                self._workers.discard(worker)
                if self._unpark(worker):
                    return None
                self._workers.add(worker)
                worker.park(-1)

    def _unpark(self, worker: Worker) -> bool:
        """Take back the announcement; False when somebody is waking `worker` already."""
        try:
            self._parked.remove(worker)
        except ValueError:
            return False
        return True
