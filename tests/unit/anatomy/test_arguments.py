"""What a view reads of the request, told by its source alone."""

from __future__ import annotations

import pytest

from gateway.anatomy.arguments import Argument, headers_set, read_arguments
from gateway.anatomy.shape import ABSENT
from tests.unit.anatomy.views import tree


def read(body: str):
    return read_arguments(tree("def view():\n" + "".join(f"    {line}\n" for line in body.splitlines())))


def only(body: str) -> Argument:
    (argument,) = read(body).arguments.values()
    return argument


@pytest.mark.parametrize(
    ("body", "source", "name", "kind", "default", "required"),
    [
        ('request.args.get("page", 1, type=int)', "query", "page", "int", 1, False),
        ('request.args.get("page", 1, int)', "query", "page", "int", 1, False),
        ('request.args.get("q")', "query", "q", "", ABSENT, False),
        ('request.args.get("q", default="")', "query", "q", "", "", False),
        ('request.args["q"]', "query", "q", "", ABSENT, True),
        ('request.values.get("q")', "query", "q", "", ABSENT, False),
        ('request.form["name"]', "form", "name", "", ABSENT, True),
        ('request.files.get("file")', "file", "file", "", ABSENT, False),
        ('request.headers.get("X-Key")', "header", "X-Key", "", ABSENT, False),
        ('request.cookies.get("theme", "light")', "cookie", "theme", "", "light", False),
        ('request.json["id"]', "json", "id", "", ABSENT, True),
        ('request.get_json().get("id")', "json", "id", "", ABSENT, False),
        ('request.args.get("since", type=decimal.Decimal)', "query", "since", "Decimal", ABSENT, False),
        ('request.args.get("since", type=parse_date)', "query", "since", "?parse_date", ABSENT, False),
        ('request.args.get("page", FIRST, type=int)', "query", "page", "int", ABSENT, False),
    ],
)
def test_a_value_that_is_read_by_name(body: str, source: str, name: str, kind: str, *, default: object, required: bool):
    found = only(body)
    assert (found.source, found.name, found.type, found.default, found.required) == (
        source, name, kind, default, required,
    )  # fmt: skip
    assert found.line == 2


def test_a_part_of_the_request_by_another_name():
    found = read("payload = request.get_json() or {}\nreturn payload['id'], payload.get('note')")
    assert [(one.name, one.required) for one in found.of("json")] == [("id", True), ("note", False)]
    assert read("if (args := request.args):\n    return args['q']").of("query")[0].required


def test_of_two_readings_the_one_that_says_more():
    found = only('request.args.get("page")\nrequest.args.get("page", 1, type=int)\nrequest.args["page"]')
    assert (found.type, found.default, found.required) == ("int", 1, True)


def test_getlist_is_a_list():
    assert only('request.args.getlist("tag", type=int)').is_list


def test_what_is_read_as_a_whole_is_said():
    assert read("return request.args.to_dict()").puzzles == ["it reads every member of the query (line 2)"]
    assert read("return request.get_json()").reads_json
    assert read("return request.stream.read()").reads_raw
    assert read("return request.get_data()").reads_raw


def test_what_else_it_uses():
    assert read("flash('a')\nreturn redirect(url_for('home'))").uses == {"flash", "redirect", "url_for"}


def test_something_that_only_looks_like_the_request_is_no_argument():
    assert not read('config.args.get("page")\nrows["id"]\nrequest.args["q"] = 1').arguments


def test_headers_that_are_set():
    source = """
def view():
    response.headers["Link"] = "a"
    response.cache_control.max_age = 5
    response.add_etag()
    response.set_cookie("a", "b")
    response.headers["Link"] = "b"
    print(request.headers["Host"])
"""
    assert headers_set([tree(source)]) == ["Link", "Cache-Control", "ETag", "Set-Cookie"]
    assert read_arguments(tree(source)).headers == ["Link", "Cache-Control", "ETag", "Set-Cookie"]
