"""What `gateway scaffold` writes for every route of three applications: formatted, typed, running, and no mistake.

Then each body that is marked is filled in with what the legacy view computes (`filling.py` says how), and every route
that only reads is asked beside legacy: both answer the same.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI

from gateway.compat.legacy import bind
from gateway.doctor.source.check import check_source
from gateway.doctor.source.ignores import ignores_of, without_ignored
from gateway.doctor.source.module import parse_module
from gateway.doctor.source.project import Project
from gateway.doctor.source.switches import switches_in, without_switched
from gateway.scaffold.parity import SAME, assert_parity, compared
from gateway.scaffold.stub import Stub
from tests.scaffold.conftest import RESTX_READS, ROOT, SAMPLE_READS, SMOREST_READS, Scaffolded
from tests.scaffold.filling import ByLegacy, marked, module_of
from tests.support.asgi import ask

APPLICATIONS = ["sample", "restx", "smorest"]
READS = [
    *(("sample", target) for target in SAMPLE_READS),
    *(("restx", target) for target in RESTX_READS),
    *(("smorest", target) for target in SMOREST_READS),
]


@pytest.fixture
def application(request: pytest.FixtureRequest) -> Scaffolded:
    """The one that the test is about."""
    found: Scaffolded = request.getfixturevalue(request.param)
    return found


def stub_of(application: Scaffolded, route_id: str, method: str) -> Stub:
    return next(one for one in application.made.stubs if (one.route_id, one.method) == (route_id, method))


@pytest.mark.parametrize("application", APPLICATIONS, indirect=True)
def test_every_rule_of_the_application_has_a_stub_for_each_method(application: Scaffolded):
    expected = {
        (rule.rule, method)
        for rule in application.flask.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.build_only
    }
    assert {(stub.rule, stub.method) for stub in application.made.stubs} == expected
    assert len(marked(application.made.module)) == len(application.made.stubs)


@pytest.mark.parametrize("application", APPLICATIONS, indirect=True)
def test_a_route_that_is_not_written_answers_501_and_says_which(application: Scaffolded):
    app = FastAPI()
    bind(app, application.flask)
    app.include_router(module_of(application.made.module, f"unwritten_{application.name}").router)
    stub = next(one for one in application.made.stubs if not one.path_parameters and one.method == "GET")

    answer = asyncio.run(ask(app, "GET", stub.path))
    assert answer.status == 501


@pytest.mark.parametrize("application", APPLICATIONS, indirect=True)
def test_the_doctor_finds_nothing_in_a_stub(application: Scaffolded):
    project = Project([parse_module("stubs", "stubs.py", application.made.module)])
    hits = without_switched(check_source(project), switches_in(project))
    assert without_ignored(hits, ignores_of(project.modules["stubs"])) == []


@pytest.mark.slow
def test_all_of_it_is_formatted_and_passes_mypy_strict(
    sample: Scaffolded, restx: Scaffolded, smorest: Scaffolded, tmp_path: Path
):
    files = []
    for one in (sample, restx, smorest):
        for name, text in ((f"{one.name}.py", one.made.module), (f"check_{one.name}.py", one.made.tests)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            files.append(name)
    ruff = [sys.executable, "-m", "ruff", "format", f"--config={ROOT / 'pyproject.toml'}", "--check", *files]
    assert subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False).returncode == 0
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent"]
    cache = f"--cache-dir={ROOT / '.mypy_cache' / 'scaffold'}"
    done = subprocess.run(
        [*command, cache, *files],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def filled(sample: Scaffolded, restx: Scaffolded, smorest: Scaffolded):
    """Of each application its filled stubs, and what they are filled with."""
    made = {}
    for one in (sample, restx, smorest):
        by_legacy = ByLegacy(one.flask)
        app = FastAPI(redirect_slashes=False, docs_url=None, openapi_url=None)
        bind(app)
        app.include_router(module_of(one.made.module, f"filled_{one.name}", by_legacy).router)
        made[one.name] = (one.flask, app, by_legacy)
    return made


@pytest.mark.parametrize(("name", "target"), READS)
def test_a_filled_stub_matches_legacy(filled, name: str, target: str):
    flask, app, by_legacy = filled[name]
    with by_legacy.asking("GET", target):
        assert_parity(flask, app, "GET", target)


@pytest.mark.parametrize(("name", "target"), [("sample", "/employees"), ("restx", "/todos/1"), ("smorest", "/pets/1")])
def test_head_matches_too(filled, name: str, target: str):
    flask, app, by_legacy = filled[name]
    with by_legacy.asking("GET", target):
        assert_parity(flask, app, "HEAD", target)


def test_what_is_not_filled_in_well_does_not_match(sample: Scaffolded):
    wrong = module_of(sample.made.module, "filled_wrong", lambda route, given: {"items": []})
    found = compared(sample.flask, wrong.router, "GET", "/employees")
    assert found.verdict not in SAME
    with pytest.raises(AssertionError, match=r"GET /employees: mismatch"):
        assert_parity(sample.flask, wrong.router, "GET", "/employees")


# What is read off the sample


def test_parameters_have_the_types_and_defaults_of_the_view(sample: Scaffolded):
    listing = stub_of(sample, "employees.index", "GET")
    assert {one.name: (one.type, one.default) for one in listing.query if one.name in {"page", "remote", "sort"}} == {
        "page": ("int", 1),
        "remote": ("bool", "absent"),
        "sort": ("", "last_name"),
    }
    assert {"params.lax_query", "params.bool_of_text", "params.first_value"} <= listing.switches
    assert listing.headers == ["Link"]
    assert "page: int = 1" in sample.made.module


def test_a_marshmallow_schema_in_a_helper_is_the_body_of_the_request(sample: Scaffolded):
    module = module_of(sample.made.module, "models_of_sample")
    body = {"first_name": "A", "last_name": "B", "email": "a@b.example", "title": "C", "department": "design"}
    body |= {"salary": "12.50", "hired_on": "2024-02-29"}
    assert str(module.Employee.model_validate(body).salary) == "12.50"
    for wrong in ({"manager_id": "12"}, {"remote": "yes"}, {"other": 1}, {"title": ""}, {"title": None}):
        with pytest.raises(ValueError, match="1 validation error"):
            module.Employee.model_validate(body | wrong)


def test_of_a_partial_schema_missing_and_null_are_told_apart(sample: Scaffolded):
    changes = module_of(sample.made.module, "models_of_sample").EmployeeChanges
    assert changes.model_validate({}).model_fields_set == set()
    assert changes.model_validate({"phone": None}).model_fields_set == {"phone"}
    with pytest.raises(ValueError, match="may be missing, but not null"):
        changes.model_validate({"title": None})


def test_an_answer_is_typed_by_what_legacy_was_seen_to_send(sample: Scaffolded):
    one = stub_of(sample, "employees.by_id", "GET").answer
    assert one is not None
    assert one.shape is not None
    kinds = {member.name: (member.type.kind.value, member.type.nullable) for member in one.shape.members}
    assert kinds["salary"] == ("decimal", False)
    assert kinds["hired_on"] == ("http_date", False)
    assert kinds["id"] == ("integer", False)
    assert kinds["skills"] == ("list", False)


def test_money_that_became_a_float_is_refused(sample: Scaffolded):
    departments = module_of(sample.made.module, "models_of_sample").Departments
    row = {"id": 1, "slug": "a", "name": "A", "city": "B", "headcount": 1, "payroll": 1.1}
    with pytest.raises(ValueError, match="payroll"):
        departments.model_validate({"items": [row]})


def test_the_more_specific_path_comes_first(sample: Scaffolded):
    paths = [stub.path for stub in sample.made.stubs]
    assert paths.index("/employee/me") < paths.index("/employee/{slug}")
    assert paths.index("/theme/{name}") > paths.index("/staff/{rest:path}")


def test_what_was_not_understood_is_said(sample: Scaffolded, restx: Scaffolded):
    assert any("as bytes" in one for one in sample.made.puzzles["api_files.checksum"])
    assert any("late is read as inputs.boolean" in one for one in restx.made.puzzles["todos_todos"])
    assert "# Not understood: it reads the body as bytes" in sample.made.module


def test_schemas_alone_tell_what_is_answered(smorest: Scaffolded):
    answer = stub_of(smorest, "pets.Pets", "GET").answer
    assert answer is not None
    assert answer.items is not None
    assert answer.items.shape is not None
    assert [member.name for member in answer.items.shape.members] == [
        "id", "name", "kind", "price", "owner", "tags", "class",
    ]  # fmt: skip
    assert json.dumps([one.name for one in stub_of(smorest, "pets.Pets", "GET").query]) == '["kind", "limit"]'
