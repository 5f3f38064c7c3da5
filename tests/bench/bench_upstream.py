"""What it costs to ask a remote server: our transport, and the two that could have been used instead.

    python tests/bench/bench_upstream.py [--seconds 1] [--rounds 3] [--at 50]

Rounds are interleaved. CPU is that of this process alone, so a busy machine changes it little; requests/s are of the
whole machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import httpx
import uvloop
from bench_local import _ignore, _never, request_scope

from gateway.backends.upstream import UpstreamBackend

HERE = str(Path(__file__).resolve().parent)


async def measure(backend: UpstreamBackend, at_once: int, seconds: float) -> tuple[float, float]:
    """Requests a second, and microseconds of this process's CPU a request."""
    deadline = time.perf_counter() + seconds
    done = 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            await asyncio.create_task(backend(request_scope(), _never, _ignore))
            done += 1

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*[client() for _ in range(at_once)])
    return done / (time.perf_counter() - start), (time.process_time() - cpu) / done * 1e6


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at", type=int, default=50)
    options = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = ["-m", "uvicorn", "bench_local:tiny", "--port", str(port), "--log-level", "critical", "--app-dir", HERE]
    server = subprocess.Popen([sys.executable, *command])  # noqa: ASYNC220 - it is there before anything is measured
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 0.1).close()
                break
            await asyncio.sleep(0.05)
        url = f"http://127.0.0.1:{port}"
        backends = {
            "ours": UpstreamBackend(url),
            "httpcore": UpstreamBackend(url, transport=httpx.AsyncHTTPTransport()),
        }
        with contextlib.suppress(ImportError):
            from httpx_aiohttp import AiohttpTransport  # noqa: PLC0415 - compared where it is installed

            backends["aiohttp"] = UpstreamBackend(url, transport=AiohttpTransport())
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in backends}
        for backend in backends.values():
            await backend.start()
        for _ in range(options.rounds):
            for name, backend in backends.items():
                results[name].append(await measure(backend, options.at, options.seconds))
        for name, rounds in results.items():
            rate, cpu = (statistics.median(values) for values in zip(*rounds, strict=True))
            print(f"{name:9} {rate:8.0f} requests/s {cpu:8.0f} us of CPU a request", flush=True)
        for backend in backends.values():
            await backend.stop(1.0)
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)


if __name__ == "__main__":
    uvloop.run(main())
