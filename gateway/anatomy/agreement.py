"""One type of two: what is declared, and what was observed. Pure.

Neither is the whole truth: a schema does not say how dates are written, and a few answers do not say what is null on
another day.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.anatomy.shape import Kind, Member, Shape, Type

_WIDER = frozenset({Kind.TEXT, Kind.EMAIL, Kind.CHOICE})
"""Declared so, a text may be another one tomorrow, whatever it looked like."""
_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})


def agreed(declared: Type, observed: Type) -> Type:
    """What both allow: null where one of them says so, and a member that only one of them knows may be missing."""
    return replace(_kind(declared, observed), nullable=declared.nullable or observed.nullable)


def _kind(declared: Type, observed: Type) -> Type:
    if observed.kind is Kind.ANY:
        return declared
    if {declared.kind, observed.kind} == _NUMBERS:
        return Type(Kind.NUMBER)
    if declared.kind is observed.kind:
        if declared.shape is not None and observed.shape is not None:
            return Type(Kind.OBJECT, shape=_shape(declared.shape, observed.shape))
        if declared.items is not None and observed.items is not None:
            return Type(declared.kind, items=agreed(declared.items, observed.items))
    return declared if declared.kind in _WIDER and observed.kind in _TEXTS else observed


_TEXTS = frozenset({*_WIDER, Kind.DECIMAL, Kind.HTTP_DATE, Kind.DATETIME, Kind.DATE, Kind.TIME, Kind.UUID})


def _shape(declared: Shape, observed: Shape) -> Shape:
    members = [_member(one, observed.member(one.name)) for one in declared.members]
    known = {one.name for one in members}
    members += [replace(one, required=False) for one in observed.members if one.name not in known]
    return replace(declared, members=tuple(members))


def _member(declared: Member, observed: Member | None) -> Member:
    if observed is None:
        return replace(declared, required=False)
    return replace(
        declared, type=agreed(declared.type, observed.type), required=declared.required and observed.required
    )
