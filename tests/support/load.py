"""A load generator: keep-alive connections that ask again and again, and judge every answer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answered:
    """One answer to `target`. Header names are in lower case; `head` is as it came."""

    status: int
    headers: dict[str, str]
    body: bytes
    head: str = ""
    target: str = ""


@dataclass
class Load:
    """What came of it. `failures` holds a sentence for each request that got no answer, or one that was judged bad.

    `latencies` are in seconds, one for each answer.
    """

    answered: int = 0
    failures: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    stopping: bool = False


@asynccontextmanager
async def load(
    port: int,
    target: str | Callable[[], str],
    *,
    connections: int,
    judge: Callable[[Answered], str | None],
    pause: float | Callable[[], float] = 0.0,
    headers: Callable[[], str] = str,
) -> AsyncIterator[Load]:
    """Ask `target` over and over on each connection while the block runs. `judge` returns what is wrong, or None.

    Each connection asks once at least, also where the block was over before the connection was there. A `target` that
    is called names another one for each request; a client rests `pause` seconds between two. `headers` says the lines
    that a request has beside its Host, each with its end.
    """
    result = Load()
    next_target = target if callable(target) else lambda: target
    rest = pause if callable(pause) else lambda: pause
    tasks = [
        asyncio.create_task(_client(port, next_target, judge, result, pause=rest, headers=headers))
        for _ in range(connections)
    ]
    try:
        yield result
    finally:
        result.stopping = True
        await asyncio.gather(*tasks)


async def _client(
    port: int,
    next_target: Callable[[], str],
    judge: Callable[[Answered], str | None],
    result: Load,
    *,
    pause: Callable[[], float],
    headers: Callable[[], str],
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        asked = False
        while not (asked and result.stopping):
            asked = True
            target = next_target()
            began = time.perf_counter()
            writer.write(f"GET {target} HTTP/1.1\r\nHost: load.test\r\n{headers()}\r\n".encode())
            try:
                async with asyncio.timeout(30):
                    answer = await _read(reader, target)
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                result.failures.append(f"no answer: {error!r}")
                return
            result.answered += 1
            result.latencies.append(time.perf_counter() - began)
            complaint = judge(answer)
            if complaint is not None:
                result.failures.append(complaint)
            if seconds := pause():
                await asyncio.sleep(seconds)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader, target: str) -> Answered:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answered(int(lines[0].split(" ")[1]), headers, body, head, target)
