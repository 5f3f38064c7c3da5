"""How fast Flask is behind the bridge, beside the other ways to serve it. About two minutes.

    python tests/bench/bench_bridge.py [--rounds 3] [--seconds 1] [--path /hello] [--patience 5] [--only granian]

Pinned to one core with one worker, then unpinned with one and two workers, at 50 and 200 connections.
The last lines are the ratios to gunicorn that the gateway as a whole has to keep (P1: 2.0 pinned, 4.0 unpinned, 2.0
with two workers); here without door, metrics and access log.
"""

from __future__ import annotations

import argparse

from applications import THREADS
from harness import HERE, ROOT, Contender, Load, Place, in_rounds, print_table, ratio, running

CONNECTIONS = (50, 200)
BASE = "gunicorn gthread"
OURS = "uvicorn + bridge"


def uvicorn(factory: str):
    def command(place: Place) -> list[str]:
        options = "--no-access-log --no-server-header --log-level critical --lifespan off"
        workers = ["--workers", str(place.workers)] if place.workers > 1 else []
        return [
            "uvicorn",
            "--factory",
            f"applications:{factory}",
            "--port",
            str(place.port),
            *options.split(),
            *workers,
        ]

    return command


def gunicorn(place: Place) -> list[str]:
    options = f"-k gthread --threads {THREADS} --log-level critical"
    return ["gunicorn", *options.split(), "-w", str(place.workers), "-b", place.address, "applications:create_flask()"]


def granian(place: Place) -> list[str]:
    options = f"--interface wsgi --no-ws --log-level critical --factory --workers {place.workers} --port {place.port}"
    return ["granian", *options.split(), "applications:create_flask"]


def contenders() -> list[Contender]:
    here = {"PYTHONPATH": f"{ROOT}:{HERE}"}
    return [
        Contender("uvicorn, raw ASGI", uvicorn("create_raw"), here),
        Contender(OURS, uvicorn("create_bridge"), here),
        Contender("uvicorn + stock a2wsgi", uvicorn("create_stock"), here),
        Contender(BASE, gunicorn, here),
        Contender("granian", granian, here),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--path", default="/hello")
    parser.add_argument("--patience", type=int, default=0, help="how often a disturbed sample is taken again")
    parser.add_argument("--only", nargs="*", default=[], help="names of contenders, beside the bridge and gunicorn")
    options = parser.parse_args()
    chosen = [one for one in contenders() if not options.only or one.name in {OURS, BASE, *options.only}]
    summary = []
    for workers, pinned in ((1, True), (1, False), (2, False)):
        with running(chosen, workers=workers, pinned=pinned) as servers:
            for connections in CONNECTIONS:
                load = Load(options.path, connections, options.seconds)
                results = in_rounds(servers, load, rounds=options.rounds, patience=options.patience)
                where = f"{'one core' if pinned else 'unpinned'}, {workers} worker(s), {connections} connections"
                print_table(f"{options.path}: {where}", results, base=BASE)
                others = [name for name in results if name != OURS]
                summary.append((where, {name: ratio(results[OURS], results[name]) for name in others}))
    print(f"\n{OURS}, requests/s beside")
    for where, ratios in summary:
        print(f"  {where:42}" + "".join(f"{name:>24} {value:5.2f} x" for name, value in ratios.items()))


if __name__ == "__main__":
    main()
