"""What a stub answers, and with which status: what is declared, corrected by what was observed. Pure."""

from __future__ import annotations

from gateway.anatomy.agreement import agreed
from gateway.anatomy.arguments import Reading
from gateway.anatomy.observed import class_name, type_of
from gateway.anatomy.returns import Returned, Returns
from gateway.anatomy.schemas import Declared
from gateway.anatomy.shape import Type
from gateway.scaffold.observations import Observations, Seen
from gateway.scaffold.stub import Stub

_FILES = frozenset({"send_file", "send_from_directory"})
_PAGES = frozenset({"render_template", "render_template_string"})
_NO_CONTENT = 204
_BODILESS = frozenset({"GET", "HEAD"})
_OWN = frozenset({Returned.TEXT, Returned.NOTHING, Returned.RESPONSE})
"""What a view returns that is no JSON."""


def plan_status(stub: Stub, returns: Returns, observed: Observations) -> None:
    """The status of good answers: declared, else the only one that was observed, else the only one of the source."""
    if stub.status is not None:
        return
    seen = {one.status for one in _good(stub, observed)}
    if len(seen) == 1:
        stub.status = seen.pop()
    elif not seen:
        stub.status = returns.status
    if stub.status is None and len(returns.statuses) > 1:
        stub.notes.append(f"it answers {' or '.join(map(str, returns.statuses))}: response.status_code = ...")
        stub.sets_status = True


def plan_answer(stub: Stub, declared: Declared, reading: Reading, returns: Returns, observed: Observations) -> None:
    """A page, a file, a redirect, or JSON: declared, and corrected by what was observed."""
    good = _good(stub, observed)
    bodies = [one.json for one in good if one.json is not None]
    types = {one.content_type.partition(";")[0].strip().lower() for one in good} - {""}
    if bodies and "application/json" in types:
        name = f"{stub.function}_item" if all(isinstance(one, list) for one in bodies) else stub.function
        seen = type_of(bodies, class_name(name))
        stub.answer = seen if declared.answer_type is None else agreed(declared.answer_type, seen)
    elif stub.status == _NO_CONTENT:
        stub.switches.add("responses.no_content")
    elif reading.uses & _FILES:
        stub.is_page = True
        stub.switches |= {"files.send_file", "files.ranges"}
        stub.notes.append("a FileResponse is sent as send_file does")
    elif types and "application/json" not in types:
        stub.is_page = True
        stub.notes.append(f"it answers {', '.join(sorted(types))}")
    elif declared.answer_type is not None:
        stub.answer = declared.answer_type
    elif reading.uses & _PAGES or (returns.kinds and returns.kinds <= _OWN):
        stub.is_page = True
        media_types = list(dict.fromkeys(returns.media_types)) or ["text/html"]
        stub.notes.append(f"it answers {', '.join(media_types)}")
    elif "redirect" in reading.uses:
        stub.is_redirect = True
    stub.sparse = stub.answer is not None and _has_missing(stub.answer)


def _good(stub: Stub, observed: Observations) -> list[Seen]:
    """The good answers that were observed to the method; to HEAD for GET, and the other way round, if there is none."""
    return [one for one in observed.good if one.method == stub.method] or [
        one for one in observed.good if {one.method, stub.method} <= _BODILESS
    ]


def _has_missing(kind: Type, depth: int = 8) -> bool:
    if depth < 0:
        return False
    inner = [kind.items] if kind.items is not None else []
    members = kind.shape.members if kind.shape is not None else ()
    return any(not one.required for one in members) or any(
        _has_missing(one, depth - 1) for one in [*inner, *(member.type for member in members)]
    )
