"""A load generator: keep-alive connections that ask again and again, and judge every answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answered:
    """One answer. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Load:
    """What came of it. `failures` holds a sentence for each request that got no answer, or one that was judged bad."""

    answered: int = 0
    failures: list[str] = field(default_factory=list)
    stopping: bool = False


@asynccontextmanager
async def load(
    port: int, target: str, *, connections: int, judge: Callable[[Answered], str | None]
) -> AsyncIterator[Load]:
    """Ask `target` over and over on each connection while the block runs. `judge` returns what is wrong, or None."""
    result = Load()
    tasks = [asyncio.create_task(_client(port, target, judge, result)) for _ in range(connections)]
    try:
        yield result
    finally:
        result.stopping = True
        await asyncio.gather(*tasks)


async def _client(port: int, target: str, judge: Callable[[Answered], str | None], result: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {target} HTTP/1.1\r\nHost: load.test\r\n\r\n".encode()
    try:
        while not result.stopping:
            writer.write(request)
            try:
                async with asyncio.timeout(30):
                    answer = await _read(reader)
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                result.failures.append(f"no answer: {error!r}")
                return
            result.answered += 1
            complaint = judge(answer)
            if complaint is not None:
                result.failures.append(complaint)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Answered:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answered(int(lines[0].split(" ")[1]), headers, body)
