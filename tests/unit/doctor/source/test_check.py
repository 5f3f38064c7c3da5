"""Every mistake of the catalogue that source can show is found where it was planted, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.doctor.checks import catalogue
from gateway.doctor.reading import read_folder
from gateway.doctor.source.check import check_source
from gateway.doctor.source.ignores import ignores_of, without_ignored
from gateway.doctor.source.module import parse_module
from gateway.doctor.source.project import Project
from gateway.doctor.source.switches import switches_in, without_switched

EXAMPLES = Path(__file__).parents[1] / "examples"
SHOWN_BY_RUNNING = {"hook.skipped", "model.iso-datetime"}
"""What only the running application shows: tests/unit/doctor/test_rewrite.py."""

Place = tuple[str, int, str]


def found(folder: Path, *names: str) -> set[Place]:
    """File, line and id of what is said about the modules."""
    read = read_folder(folder, folder)
    assert read.unreadable == ()
    modules = [one for one in read.project.modules.values() if one.name in names]
    return of_modules(Project(modules))


def of_modules(project: Project) -> set[Place]:
    hits = without_switched(check_source(project), switches_in(project))
    left = without_ignored(hits, [one for module in project.modules.values() for one in ignores_of(module)])
    return {(hit.path, hit.line, hit.check) for hit in left}


def planted(folder: Path) -> set[Place]:
    """The marks behind the lines: `# <- id id`; `# below <- id` is about the next line."""
    marks = set()
    for file in (folder / "mistake.py", folder / "helpers.py"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines() if file.exists() else (), 1):
            mark = re.search(r"(below )?<- ([\w. -]+)$", line)
            if mark:
                marks |= {(file.name, number + bool(mark[1]), one) for one in mark[2].split()}
    return marks


def test_every_check_has_an_example():
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == set(catalogue()) - SHOWN_BY_RUNNING


@pytest.mark.parametrize("check", sorted(set(catalogue()) - SHOWN_BY_RUNNING))
def test_a_mistake_is_found_where_it_is(check: str):
    folder = EXAMPLES / check
    expected = planted(folder)
    assert check in {one for _, _, one in expected}
    assert found(folder, "mistake", "helpers") == expected


@pytest.mark.parametrize("check", sorted(set(catalogue()) - SHOWN_BY_RUNNING))
def test_what_only_looks_like_the_mistake_is_left_alone(check: str):
    assert found(EXAMPLES / check, "near_miss") == set()


def test_the_column_counts_from_one():
    (hit,) = without_ignored(
        check_source(Project([parse_module("a", "a.py", "import time\nasync def f():\n    x = time.sleep(1)\n")])), []
    )
    assert hit.where == "a.py:3:9"
    assert "time.sleep()" in hit.what


def test_the_way_to_what_blocks_is_told():
    read = read_folder(EXAMPLES / "async.blocking-call", EXAMPLES / "async.blocking-call")
    said = [hit.what for hit in check_source(read.project) if "charge" in hit.what]
    way = "charge > _post, where requests.Session().post() (helpers.py:11)"
    assert said == [f"`async def order` calls {way} waits on the event loop"]


WITH_SWITCH = """
from fastapi import APIRouter
from gateway.compat.wire.route import flask_route

router = APIRouter(route_class=flask_route({names}))

@router.get("/words")
async def words(page: int = 1, remote: bool = False):
    return "hello"
"""


@pytest.mark.parametrize(
    ("names", "left"),
    [
        ('"params.lax_query"', {"query.bool", "return.text"}),
        ('"params.lax_query", "params.bool_of_text"', {"return.text"}),
        ('"params", "responses"', set()),
        ('"all"', set()),
        ('"json"', {"query.number", "query.bool", "return.text"}),
    ],
)
def test_what_a_compat_switch_undoes_is_no_mistake(names: str, left: set[str]):
    project = Project([parse_module("a", "a.py", WITH_SWITCH.format(names=names))])
    assert {check for _, _, check in of_modules(project)} == left


def test_a_switch_of_one_router_says_nothing_about_another_file():
    one = parse_module("a", "a.py", WITH_SWITCH.format(names='"all"'))
    plain = WITH_SWITCH.format(names="").replace("route_class=flask_route()", "")
    assert {path for path, _, _ in of_modules(Project([one, parse_module("b", "b.py", plain)]))} == {"b.py"}
    everywhere = one.text.replace("flask_route(", "install(None, ").replace("route_class=", "")
    everywhere = everywhere.replace("route import flask_route", "install import install")
    project = Project([parse_module("a", "a.py", everywhere), parse_module("b", "b.py", plain)])
    assert of_modules(project) == set()


def test_a_switch_of_one_route_says_nothing_about_the_next_one():
    text = """
from fastapi import APIRouter
from gateway.compat.wire.choice import kept

router = APIRouter()

@router.get("/words")
@kept("params.lax_query")
async def words(
    page: int = 1,
):
    return {}

@router.get("/more")
async def more(page: int = 1):
    return {}
"""
    project = Project([parse_module("a", "a.py", text)])
    assert of_modules(project) == {("a.py", 15, "query.number")}
