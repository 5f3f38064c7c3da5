"""What a view returns, and with which status."""

from __future__ import annotations

import pytest

from gateway.anatomy.returns import Returned, read_returns
from tests.unit.anatomy.views import tree


def returns(body: str, **helpers: str):
    node = tree("def view():\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    return read_returns(node, {name: tree(text) for name, text in helpers.items()})


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("return 'hello'", Returned.TEXT, 200),
        ("return f'hello {name}'", Returned.TEXT, 200),
        ("return 'a' + name", Returned.TEXT, 200),
        ("return 'hello %s' % name", Returned.TEXT, 200),
        ("return ', '.join(names)", Returned.TEXT, 200),
        ("return '', 204", Returned.NOTHING, 204),
        ("return {'id': 1}", Returned.JSON, 200),
        ("return [1]", Returned.JSON, 200),
        ("return jsonify(id=1), 201", Returned.JSON, 201),
        ("return {'id': 1}, 201, {'X-A': '1'}", Returned.JSON, 201),
        ("return {'id': 1}, {'X-A': '1'}", Returned.JSON, 200),
        ("return render_template('a.html')", Returned.PAGE, 200),
        ("return redirect('/')", Returned.REDIRECT, None),
        ("return Response('a', status=202)", Returned.RESPONSE, 202),
        ("return app.response_class('a')", Returned.RESPONSE, 200),
        ("return rows(), 202", Returned.OTHER, 202),
        ("response = jsonify(1)\nresponse.status_code = 202\nreturn response", Returned.JSON, 202),
    ],
)
def test_one_return(body: str, kind: Returned, status: int | None):
    found = returns(body)
    assert (found.kinds, found.status) == ({kind}, status)


def test_two_statuses_are_both_told_and_none_is_the_one():
    found = returns("return {'id': 1}, 201 if created else 200")
    assert (found.statuses, found.status) == ([201, 200], None)


def test_errors_are_no_good_answers():
    found = returns("if bad:\n    return 'no', 400\nreturn {'id': 1}, 201")
    assert (found.kinds, found.status) == ({Returned.JSON}, 201)


def test_a_status_that_is_computed_cannot_be_told():
    found = returns("return {'id': 1}, status")
    assert found.status is None
    assert found.is_computed


def test_functions_inside_of_it_return_for_themselves():
    found = returns("def rows():\n    return 'text'\nkey = lambda one: 'text'\nreturn {'rows': rows()}")
    assert found.kinds == {Returned.JSON}


def test_a_helper_of_its_module_is_looked_into():
    helper = "def stream(rows):\n    return Response(rows, mimetype='text/event-stream')"
    found = returns("return stream(rows)", stream=helper)
    assert (found.kinds, found.media_types) == ({Returned.RESPONSE}, ["text/event-stream"])


def test_a_name_with_two_values_stands_for_neither():
    assert returns("page = 'a'\npage = {}\nreturn page").kinds == {Returned.OTHER}


def test_a_view_without_a_value_returns_nothing_good():
    assert returns("return").kinds == set()
