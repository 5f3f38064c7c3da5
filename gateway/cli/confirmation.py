"""Confirmation of a change: a running gateway says of every worker that it is in force, or the command says why not.

What was changed is in the map's folder by then, and stays there. A command that could not have it confirmed says why,
what to do, and exits with 3: "rolled back" must not be a hope.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer

from gateway.cli.live import Live, Silence, Unanswered, ask, console_url, sends_token
from gateway.cli.render import Output, plural
from gateway.errors import MapInvalid

PATIENCE = 2.0
"""Seconds that a command waits for a running gateway; a change is in force within one."""
NOBODY = 0.5
"""Seconds of them for a console that nobody answers at: a gateway that is not there need not be waited for."""
POLL = 0.05
UNCONFIRMED = 3
"""The exit code of what was changed and not confirmed."""


@dataclass(frozen=True, slots=True)
class Change:
    """What shall be confirmed. `what` opens the sentence for people; `holds` says whether a gateway has it in force.

    `instead` says what a gateway that answers has in force, when it is not that, and what to do then.
    """

    what: str
    holds: Callable[[Live], bool]
    instead: Callable[[Live], tuple[str, str]]
    forces: bool = False
    """Whether it is the kill switch itself."""


def confirm(map_file: Path, change: Change, output: Output, *, wait: bool) -> None:
    """Say on how many workers a change is in force. Raises typer.Exit(3) when no running gateway confirms it.

    Without `wait` nobody is asked, and the output says that nothing was confirmed.
    """
    if not wait:
        output.note("no running gateway was asked (--no-wait); one that serves this map picks it up within a second")
        return
    found = _awaited(map_file, change.holds)
    if _is_in_force(found, change, output):
        return
    what, hint = change.instead(found) if isinstance(found, Live) else _words(found, map_file)
    output.error(f"{change.what}, but no running gateway has confirmed it: {what}")
    output.hint(f"  {hint}")
    raise typer.Exit(UNCONFIRMED)


def mention(map_file: Path, change: Change, output: Output) -> None:
    """Say whether a change is in force that nobody has to rely on at once, such as an excuse."""
    found = _awaited(map_file, change.holds)
    if not _is_in_force(found, change, output):
        if isinstance(found, Live):
            output.warn("; ".join(change.instead(found)))
        else:
            output.note("a running gateway of this map picks it up within a second")


def _is_in_force(found: Live | Silence, change: Change, output: Output) -> bool:
    if not isinstance(found, Live) or not change.holds(found):
        return False
    output.say(f"in force on {plural(len(found.workers) or 1, 'worker')}")
    if found.force and not change.forces:
        output.warn(f"everything is sent to {found.force} by force, whatever the modes say")
    return True


def in_force(map_file: Path, revision: str, what: str) -> Change:
    """The change of a map: this revision is in force."""

    def instead(live: Live) -> tuple[str, str]:
        now = _revision_of(map_file)
        if now not in {"", revision}:
            return (
                f"the map was changed once more meanwhile, to revision {now[:12]}",
                "`gateway routes` says what is in it; type the same again to have that confirmed",
            )
        behind = [worker for worker in live.workers if worker.get("revision") != revision]
        if live.workers and len(behind) < len(live.workers):
            late = f"{len(behind)} of {len(live.workers)} workers of {live.url} are not at revision {revision[:12]} yet"
        else:
            late = f"{live.url} still serves revision {live.revision[:12]} after {PATIENCE:g} s, not {revision[:12]}"
        return late, "the gateway's log says why; `gateway check` says whether it can use this map"

    return Change(what, lambda live: live.is_at(revision), instead)


def _revision_of(map_file: Path) -> str:
    """The revision of what is in the file now; empty when it cannot be read."""
    from gateway.mapfile.load import read_bytes, revision_of  # noqa: PLC0415  help must be quick

    try:
        return revision_of(read_bytes(map_file))
    except MapInvalid:
        return ""


def _awaited(map_file: Path, holds: Callable[[Live], bool]) -> Live | Silence:
    """The last answer, asked for until the change holds or there is no more point in asking."""
    began = time.monotonic()
    while True:
        found = ask(map_file)
        is_nobody = isinstance(found, Silence) and found.kind in {Unanswered.NOBODY, Unanswered.UNREACHABLE}
        patience = NOBODY if is_nobody else PATIENCE
        settled = holds(found) if isinstance(found, Live) else found.is_final
        if settled or time.monotonic() - began >= patience:
            return found
        time.sleep(POLL)


def _words(silence: Silence, map_file: Path) -> tuple[str, str]:
    """What happened, and what to do."""
    url, said = console_url(), silence.said
    where = "GATEWAY_CONSOLE_URL or GATEWAY_CONSOLE_PORT says where the console is"
    alone = "--no-wait is for a map that no gateway serves from here"
    late = f"{said} at {url}" if said else f"the console at {url} did not answer in time"
    token = "does not know the token that is set here" if _has_token() else "asks for a token"
    return {
        Unanswered.NOBODY: (f"nobody answers at its console, {url}", f"{where}; {alone}"),
        Unanswered.UNREACHABLE: (f"its console, {url}, cannot be asked: {said}", f"{where}; {alone}"),
        Unanswered.LATE: (late, "a worker may be starting, busy or stuck: the gateway's log says which"),
        Unanswered.UNREADABLE: (
            f"the console's token cannot be read here: {said}",
            "name a file that can be read, or set GATEWAY_TOKEN or GATEWAY_READ_TOKEN",
        ),
        Unanswered.PROTECTED: (
            f"the console at {url} {token}",
            "set its GATEWAY_TOKEN or GATEWAY_READ_TOKEN here, or the variable with _FILE",
        ),
        Unanswered.REFUSED: (f"the console at {url} answers {said}", where),
        Unanswered.NO_CONSOLE: (f"what answers at {url} is no gateway's console", where),
        Unanswered.OTHER_MAP: (
            f"the gateway at {url} serves another map, {said}, not {map_file.absolute()}",
            "name its map with --map, or this map's console with GATEWAY_CONSOLE_URL",
        ),
    }[silence.kind]


def _has_token() -> bool:
    try:
        return sends_token()
    except (OSError, ValueError):
        return False
