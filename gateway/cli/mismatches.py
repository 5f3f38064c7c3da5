"""`gateway mismatches [ROUTE]`: what differs, by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet, complete_route
from gateway.cli.render import Output, plural

if TYPE_CHECKING:
    from gateway.evidence.store import GroupPage

FOUND = 1


def mismatches(
    route: Annotated[
        str | None,
        typer.Argument(metavar="[ROUTE]", autocompletion=complete_route, help="The route's id. Default: every route."),
    ] = None,
    *,
    cause: Annotated[
        str | None, typer.Option("--cause", metavar="CAUSE", help="Only this cause, by its whole name.")
    ] = None,
    field: Annotated[
        str | None,
        typer.Option("--field", metavar="POINTER", help="Only at this place: /items/*/created, a header, or status."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was seen before the last flip or change of a rule.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many groups are shown.")] = 20,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List what differs between the two sides, grouped by cause and place, the most frequent first.

    Exits 1 when there is anything, 0 when nothing differs, 3 when there is no evidence to read.
    """
    from gateway.cli.evidence.causes import Causes  # noqa: PLC0415  help must be quick
    from gateway.cli.evidence.groups import group_document, show_groups  # noqa: PLC0415  the same
    from gateway.cli.evidence.noise import noise_documents, read_noise, show_noise  # noqa: PLC0415  the same
    from gateway.cli.evidence.opening import reading  # noqa: PLC0415  the same
    from gateway.evidence.store import GroupQuery  # noqa: PLC0415  the same
    from gateway.judged import read_all  # noqa: PLC0415  the same
    from gateway.mapfile.load import read_map  # noqa: PLC0415  the same
    from gateway.mapfile.lookup import require_route  # noqa: PLC0415  the same

    loaded = read_map(map_file)
    if route is not None:
        require_route(loaded, route)
    with reading(map_file) as store:
        asked = {id_: one for id_, one in read_all(loaded, store).items() if route in (None, id_)}
        epochs = None if everything else {id_: one.epoch for id_, one in asked.items() if one.mismatches}
        page = store.groups(GroupQuery(route, epochs, cause, field, limit))
        noise = read_noise(store, (id_ for id_, one in asked.items() if one.strata or one.earlier))
    earlier = 0 if everything else sum(one.earlier for one in asked.values())
    output = Output(quiet=quiet)
    if as_json:
        causes = Causes()
        documents = [group_document(group, causes) for group in page.groups]
        counts = {"total": page.mismatches, "groups_total": page.found, "earlier": earlier}
        output.json(
            {
                "path": str(loaded.path),
                "revision": loaded.revision,
                **counts,
                "groups": documents,
                "noise": noise_documents(noise),
            }
        )
    else:
        show_groups(page.groups, output)
        show_noise(noise, output)
        _sum_up(page, earlier, output)
    raise typer.Exit(FOUND if page.found else 0)


def _sum_up(page: GroupPage, earlier: int, output: Output) -> None:
    total, groups, shown = page.mismatches, page.found, len(page.groups)
    if total:
        left_out = f"; {groups - shown} of them are not shown, --limit shows more" if groups > shown else ""
        output.note(f"{total:,} {'mismatch' if total == 1 else 'mismatches'} in {plural(groups, 'group')}{left_out}")
    else:
        output.say("nothing differs")
    if earlier:
        output.note(f"{earlier:,} more from before the last flip or change of a rule; --all shows them")
