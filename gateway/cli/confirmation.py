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

from gateway.cli.live import Live, Silence, ask, console_url
from gateway.cli.render import Output, plural

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

    `instead` says what a gateway that answers has in force, when it is not that; `hint` is what to do then.
    """

    what: str
    holds: Callable[[Live], bool]
    instead: Callable[[Live], str]
    hint: str
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
    what, hint = (change.instead(found), change.hint) if isinstance(found, Live) else _words(found, map_file)
    output.error(f"{change.what}, but no running gateway has confirmed it: {what}")
    output.hint(f"  {hint}")
    raise typer.Exit(UNCONFIRMED)


def mention(map_file: Path, change: Change, output: Output) -> None:
    """Say whether a change is in force that nobody has to rely on at once, such as an excuse."""
    found = _awaited(map_file, change.holds)
    if not _is_in_force(found, change, output):
        if isinstance(found, Live):
            output.warn(f"{change.instead(found)}; {change.hint}")
        else:
            output.note("a running gateway picks it up within a second")


def _is_in_force(found: Live | Silence, change: Change, output: Output) -> bool:
    if not isinstance(found, Live) or not change.holds(found):
        return False
    output.say(f"in force on {plural(len(found.workers) or 1, 'worker')}")
    if found.force and not change.forces:
        output.warn(f"everything is sent to {found.force} by force, whatever the modes say")
    return True


def in_force(revision: str, map_file: Path) -> Change:
    """The change of a map: this revision is in force."""

    def instead(live: Live) -> str:
        behind = [worker for worker in live.workers if worker.get("revision") != revision]
        if live.workers and len(behind) < len(live.workers):
            return f"{len(behind)} of {len(live.workers)} workers of {live.url} are not at revision {revision[:12]} yet"
        return f"{live.url} still serves revision {live.revision[:12]} after {PATIENCE:g} s, not {revision[:12]}"

    return Change(
        f"{map_file} is as shown",
        lambda live: live.is_at(revision),
        instead,
        "the gateway's log says why; `gateway check` says whether it can use this map",
    )


def _awaited(map_file: Path, holds: Callable[[Live], bool]) -> Live | Silence:
    """The last answer, asked for until the change holds or there is no more point in asking."""
    began = time.monotonic()
    while True:
        found = ask(map_file)
        patience = NOBODY if found is Silence.NOBODY else PATIENCE
        settled = holds(found) if isinstance(found, Live) else found.is_final
        if settled or time.monotonic() - began >= patience:
            return found
        time.sleep(POLL)


def _words(silence: Silence, map_file: Path) -> tuple[str, str]:
    url = console_url()
    match silence:
        case Silence.NOBODY:
            return (
                f"nobody answers at its console, {url}",
                "GATEWAY_CONSOLE_URL or GATEWAY_CONSOLE_PORT says where it is; --no-wait is for a map that none serves",
            )
        case Silence.LATE:
            return f"the console at {url} did not answer in time", "the gateway may be busy or stuck: look at its log"
        case Silence.PROTECTED:
            return f"the console at {url} asks for a token", "set GATEWAY_TOKEN or GATEWAY_READ_TOKEN (or ..._FILE)"
        case Silence.OTHER_MAP:
            return (
                f"the gateway at {url} serves another map, not {map_file.absolute()}",
                "name its map with --map, or its console with GATEWAY_CONSOLE_URL",
            )
        case Silence.NO_CONSOLE:
            return (
                f"what answers at {url} is no gateway's console",
                "GATEWAY_CONSOLE_URL or GATEWAY_CONSOLE_PORT says where the console is",
            )
