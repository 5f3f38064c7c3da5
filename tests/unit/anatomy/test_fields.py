"""Fields are known by the names of their classes, whatever they were imported from."""

from __future__ import annotations

import marshmallow as ma
from flask_restx import Model
from flask_restx import fields as restx

from gateway.anatomy.fields import ancestors, class_names, kind_of
from gateway.anatomy.shape import Kind


class Slug(ma.fields.String):
    """An application's own."""


def test_a_value_and_its_class_have_the_same_ancestors():
    assert "marshmallow.Schema" in ancestors(ma.Schema)
    assert ancestors(ma.Schema()) == ancestors(ma.Schema)
    assert "flask_restx.Model" in ancestors(Model("Word", {}))


def test_a_field_of_the_applications_own_is_of_the_nearest_known_kind():
    kinds = {"String": Kind.TEXT, "Field": Kind.MAPPING}
    assert class_names(Slug())[:2] == ["Slug", "String"]
    assert kind_of(Slug(), kinds) is Kind.TEXT
    assert kind_of(restx.Raw(), kinds) is Kind.ANY
