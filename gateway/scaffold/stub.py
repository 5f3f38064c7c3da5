"""What the text of one function needs: what is known of one method of a route."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.anatomy.arguments import Argument
from gateway.anatomy.shape import Type
from gateway.anatomy.view import View


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A variable of the rule. `choices` are those of `<any(...):x>`."""

    name: str
    type: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency of the route: `name` is imported from `module`, and `call` is what `Depends` is given."""

    module: str
    name: str
    call: str


@dataclass(slots=True)
class Stub:
    """Everything that the text needs."""

    route_id: str
    rule: str
    path: str
    method: str
    function: str
    view: View
    summary: str
    path_parameters: list[PathParameter]
    query: list[Argument]
    form: list[Argument]
    body: Type | None = None
    answer: Type | None = None
    status: int | None = None
    is_page: bool = False
    is_redirect: bool = False
    sets_status: bool = False
    """Whether the body has to say which of several statuses it is."""
    sparse: bool = False
    """Whether members of the answer may be missing, so that only what is set goes out."""
    headers: list[str] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    hooks: list[str] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    """What refuses a request before the body runs: tokens of forms, logins."""
    notes: list[str] = field(default_factory=list)
    """For whoever fills in the body: what of compat helps."""
    puzzles: list[str] = field(default_factory=list)
    """What was not understood; printed, and written into the stub."""
