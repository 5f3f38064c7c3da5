"""Live reload: a thread that notices a new version of the map and hands it over, or says why it was refused.

The *directory* is watched, since a file that is renamed over, as editors and ConfigMaps do, is another file; behind a
link, the target's directory as well. Events only say "look now": what counts is the content, and a look every now and
then finds what no event told of. A version is taken when two looks in a row see the same, so that a writer that is
halfway through is waited for: a truncated map is often a valid one, and an editor may move the map away for a moment.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from watchfiles import watch

from gateway.errors import GatewayError, MapInvalid, Problem
from gateway.mapfile.load import parse_map, read_bytes, revision_of
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.store import real_file

POLL_SECONDS = 0.4
"""How often the content is looked at without an event."""
SETTLE_REPLACED = 0.04
"""How long a file that was renamed into place has to stay the same: such a file is whole when it appears."""
SETTLE_WRITTEN = 0.15
"""The same for a file that was written in place."""

_log = logging.getLogger(__name__)

_EVENT_GROUP_MILLISECONDS = 100
_EVENT_STEP_MILLISECONDS = 25


class Reload(StrEnum):
    """What came of a look. The values are labels of `gateway_map_reload_total`."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class MapWatcher:
    """Watches one map from `start` to `stop`.

    `on_map` gets each new version, and again the version in force when a refused one went away; it may raise
    GatewayError to refuse it. `on_refused` gets what is wrong, once for each content; the version in force stays.
    Both are called on the watcher's thread, never on an event loop.
    """

    def __init__(
        self,
        path: Path,
        *,
        on_map: Callable[[LoadedMap], None],
        on_refused: Callable[[GatewayError], None],
        initial: str,
    ) -> None:
        """`initial` is the revision that is in force already."""
        self._path = path
        self._on_map = on_map
        self._on_refused = on_refused
        self._revision = initial
        self._refused: str | None = None
        self._inode = _inode(path)
        self._stop = threading.Event()
        self._wake = _Wake(self._stop)
        self._thread = threading.Thread(target=self._run, name="map-watcher", daemon=True)

    @property
    def revision(self) -> str:
        """The revision in force."""
        return self._revision

    def start(self) -> None:
        """Begin. What changed since the initial revision was read is noticed at once."""
        self._thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """End within `patience` seconds; requests to reload that are still open are cancelled."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(patience)
        self._wake.cancel()

    def reload_now(self) -> Future[Reload]:
        """Look at once, and say again what is wrong with a map that was refused before. Returns without waiting.

        The answer is cancelled when the watcher stops first.

        Safe on an event loop and in a signal handler's callback; `asyncio.wrap_future` makes the answer awaitable.
        """
        return self._wake.request()

    def _run(self) -> None:
        self._look()
        while not self._stop.is_set():
            directories = _directories(self._path)
            try:
                self._watch(directories)
            except (OSError, RuntimeError):
                # The directory is missing, or the kernel has no watch left: looking now and then must do.
                self._wake.wait(POLL_SECONDS)
                self._look()

    def _watch(self, directories: frozenset[tuple[Path, int]]) -> None:
        """Look at every event and every now and then, until the directories are others or somebody wants a look."""
        for _ in watch(
            *(directory for directory, _ in directories),
            watch_filter=None,
            debounce=_EVENT_GROUP_MILLISECONDS,
            step=_EVENT_STEP_MILLISECONDS,
            rust_timeout=int(POLL_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=self._wake,
            recursive=False,
        ):
            self._look()
            if self._wake.is_set() or _directories(self._path) != directories:
                return
        self._look()

    def _look(self) -> None:
        if self._stop.is_set():
            return
        requests = self._wake.take()
        result = Reload.UNCHANGED
        try:
            result = self._reload(again=bool(requests))
        except Exception:  # noqa: BLE001 -- a callback failed; without this thread no map would ever be loaded again
            _log.exception("map_watcher_look_failed")
        for request in requests:
            if request.set_running_or_notify_cancel():
                request.set_result(result)

    def _reload(self, *, again: bool) -> Reload:
        seen = self._settled()
        if seen is None or (seen.key == self._revision and self._refused is None):
            return Reload.UNCHANGED
        if seen.key == self._refused and not again:
            return Reload.REFUSED
        error = seen.content if isinstance(seen.content, MapInvalid) else self._put_in_force(seen.content)
        if error is not None:
            self._refused = seen.key
            self._on_refused(error)
            return Reload.REFUSED
        self._revision, self._refused, self._inode = seen.key, None, _inode(self._path)
        return Reload.LOADED

    def _put_in_force(self, data: bytes) -> GatewayError | None:
        try:
            self._on_map(parse_map(data, self._path))
        except GatewayError as error:
            return error
        except Exception as error:  # noqa: BLE001 -- whatever putting it in force meets, the version in force stays
            problem = Problem(1, 1, f"the map could not be put in force: {error!r}", "this is a defect of the gateway")
            return MapInvalid(str(self._path), (problem,))
        return None

    def _settled(self) -> _Seen | None:
        """What is there, once it stays the same; None when the watcher is to stop first."""
        seen = self._see()
        if seen.key == self._revision:
            return seen
        while not self._stop.wait(self._settling_time()):
            later = self._see()
            if later.key == seen.key:
                return later
            seen = later
        return None

    def _settling_time(self) -> float:
        return SETTLE_WRITTEN if _inode(self._path) in {0, self._inode} else SETTLE_REPLACED

    def _see(self) -> _Seen:
        try:
            data = read_bytes(self._path)
        except MapInvalid as error:
            return _Seen(str(error), error)
        return _Seen(revision_of(data), data)


@dataclass(frozen=True, slots=True)
class _Seen:
    """`key` tells contents apart: the revision, or what keeps the file from being read."""

    key: str
    content: bytes | MapInvalid


class _Wake:
    """Set when the watcher is to stop or to look at once; also what `watchfiles` asks whether to go on."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._changed = threading.Condition()
        self._requests: list[Future[Reload]] = []

    def is_set(self) -> bool:
        return self._stop.is_set() or bool(self._requests)

    def wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(self.is_set, seconds)

    def request(self) -> Future[Reload]:
        request: Future[Reload] = Future()
        with self._changed:
            if self._stop.is_set():
                request.cancel()
            else:
                self._requests.append(request)
                self._changed.notify_all()
        return request

    def take(self) -> list[Future[Reload]]:
        with self._changed:
            requests, self._requests = self._requests, []
        return requests

    def cancel(self) -> None:
        for request in self.take():
            request.cancel()


def _directories(path: Path) -> frozenset[tuple[Path, int]]:
    """What to watch, with inodes: a directory that was deleted and made again is another one."""
    found = {path.absolute().parent, real_file(path).parent}
    return frozenset((directory, _inode(directory)) for directory in found)


def _inode(path: Path) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 -- the same as Path.stat, without another object in a loop
    except OSError:
        return 0
