"""Templates judged without their application: their converters, their shapes, and which of them cover others."""

from __future__ import annotations

import pytest

from gateway.mapfile.templates import TemplateIndex, TemplateParser, sample, shape, unreachable


def test_converters_that_werkzeug_lacks_are_named():
    parser = TemplateParser()
    assert parser.parse("/<int:a>/<slug(3, x='y'):b>/<c>") == {"slug"}
    assert parser.parse("/<path:rest>") == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/a/<x>", "/a/<string:y>", True),
        ("/a/<x>", "/a/<default:y>", True),
        ("/a/<int:x>", "/a/<int:y>", True),
        ("/a/<int(min=1):x>", "/a/<int( min = 1 ):y>", True),
        ("/a/<int:x>", "/a/<float:x>", False),
        ("/a/<int:x>", "/a/<int(min=1):x>", False),
        ("/a", "/a/", False),
    ],
)
def test_the_shape_of_a_template_does_not_know_its_variables_names(one, other, same):
    assert (shape(one) == shape(other)) is same


@pytest.mark.parametrize(
    ("general", "particular", "covered"),
    [
        ("/a/<path:r>", "/a/<x>", True),
        ("/a/<path:r>", "/a/b/<int:x>", True),
        ("/a/<path:r>", "/a/b/", True),
        ("/a/<path:r>", "/a/", False),
        ("/a/<path:r>", "/a", False),
        ("/<path:a>", "/<path:b>", True),
        ("/<path:a>", "/<path:b>/c", True),
        ("/<x>", "/b", True),
        ("/<x>", "/<int:y>", True),
        ("/<x>", "/<path:y>", False),
        ("/<int:y>", "/<x>", False),
        ("/<x>/", "/q/", True),
        ("/<x>/b", '/<any("a/b", c):z>/b', True),
        ("/<x>.json", "/<y>.json", True),
        ("/<x>", "/<y>.json", True),
        ("/", "/", True),
        ("/a", "/a/b", False),
        ("/a/b", "/a", False),
    ],
)
def test_a_template_covers_what_is_written_more_narrowly(general, particular, covered):
    assert TemplateIndex([(general, "it")]).covering(particular) == (["it"] if covered else [])


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/a/<int:x>/<y>", "/a/1/x"),
        ("/<any(b, 'c d'):x>", "/b"),
        ("/<path:x>", "/x/y"),
        ("/<slug:x>", None),
        ("/<int(min=3):x>", None),
    ],
)
def test_a_sample_is_a_path_or_nothing(template, path):
    assert sample(template) == path


def test_what_no_canonical_path_matches():
    assert unreachable("/a//b")
    assert unreachable("/a/../b")
    assert not unreachable("/a/..b/<path:x>")
