"""`compare` as it is written: what counts as equal on a route, each rule with a reason and an expiry.

The short forms (`unordered: ["$.tags"]`, `headers: {Vary: tokens}`, `html: [csrf]`) have neither; the long ones may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Self, get_args

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from gateway.mapfile.block import Block
from gateway.mapfile.units import BadValue
from gateway.mapfile.values import Day, HeaderComparison, HeaderName, HtmlNormaliser, JsonPath, Loose, Reason


class Excuse(Block):
    """A difference that is accepted: exactly one of `at` and `header`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["at"]}, {"required": ["header"]}]})

    at: JsonPath | None = None
    """Where in the JSON body, as a JSON path (RFC 9535)."""
    header: HeaderName | None = None
    """Which header."""
    reason: Reason
    """Why this difference is right."""
    expires: Day | None = None
    """From this day on it is a mismatch again."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.at is None) == (self.header is None):
            raise BadValue("an excuse has one place: `at` or `header`", "keep or write one of them")
        return self


class Rule(Block):
    """What every rule but an excuse may say of itself."""

    reason: Reason | None = None
    """Why this is right."""
    expires: Day | None = None
    """From this day on the rule does not apply."""


class Unordered(Rule):
    """An array whose order means nothing."""

    at: JsonPath
    """Where in the JSON body."""
    by: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The member that says which elements belong together, such as `id`. Without it, whole elements are compared."""


class Tolerance(Rule):
    """A number that may differ a little."""

    at: JsonPath
    """Where in the JSON body."""
    within: Annotated[float, Field(ge=0)]
    """The largest difference that is still equal."""


class HeaderRule(Rule):
    """How a header is compared, instead of the built-in way."""

    how: HeaderComparison
    """`exact`: the whole value; `tokens`: as a set of comma-separated words; `presence`: only that it is there."""


class HtmlRule(Rule):
    """What is left out of HTML pages before they are compared."""

    without: HtmlNormaliser
    """`whitespace`, `csrf` (form tokens) or `nonce` (of CSP)."""


class _Short:
    """The short form of a rule: the one value that it needs. Tells pydantic and editors about it."""

    def __init__(self, key: str, schema: dict[str, Any]) -> None:
        self._key = key
        self._schema = schema

    def longer(self, written: object) -> object:
        """The block that stands for a short form; anything else as it is."""
        return written if isinstance(written, dict | list) else {self._key: written}

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {"anyOf": [self._schema, handler(core)]}


def _words(literal: object) -> dict[str, Any]:
    return {"type": "string", "enum": list(get_args(literal))}


_PATH = _Short("at", {"type": "string", "pattern": r"^\$"})
_HOW = _Short("how", _words(HeaderComparison))
_WITHOUT = _Short("without", _words(HtmlNormaliser))

AnyUnordered = Annotated[Unordered, BeforeValidator(_PATH.longer), _PATH]
AnyHeaderRule = Annotated[HeaderRule, BeforeValidator(_HOW.longer), _HOW]
AnyHtmlRule = Annotated[HtmlRule, BeforeValidator(_WITHOUT.longer), _WITHOUT]


class Compare(Block):
    """What counts as equal, beyond the built-in rules. The defaults' rules hold for every route as well."""

    since: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Any text, such as v2's version: changing it begins the evidence anew, for instance after v2 was corrected."""
    excuse: Annotated[tuple[Excuse, ...], Loose] = ()
    """Differences that are accepted; they stay visible."""
    unordered: Annotated[tuple[AnyUnordered, ...], Loose] = ()
    """Arrays whose order means nothing, as JSON paths."""
    tolerance: Annotated[tuple[Tolerance, ...], Loose] = ()
    """Numbers that may differ a little."""
    headers: dict[HeaderName, AnyHeaderRule] = Field(default_factory=dict)
    """How a header is compared: the whole value, as a set of comma-separated words, or only that it is there."""
    html: Annotated[tuple[AnyHtmlRule, ...], Loose] = ()
    """What is left out of HTML pages before they are compared: `whitespace`, `csrf` (form tokens), `nonce` (of CSP)."""
