"""The sample's rewrite is what the doctor calls healthy; what was planted in it says so."""

from __future__ import annotations

from pathlib import Path
from time import process_time

from gateway.doctor.examine import examine_folder
from gateway.doctor.reading import read_project
from gateway.doctor.rewrite import Beside, examine_rewrite
from gateway.doctor.source.ignores import ignores_of

ROOT = Path(__file__).resolve().parents[3]


def test_the_doctor_is_silent_on_the_sample():
    assert examine_rewrite("v2.main:create_app()", root=ROOT, beside=Beside()) == ()


def test_the_source_of_the_sample_is_read_in_less_than_two_seconds():
    began = process_time()
    assert examine_folder(ROOT / "v2", ROOT) == ()
    assert process_time() - began < 2


def test_what_is_left_standing_in_the_sample_is_planted_or_told_why():
    modules = read_project("v2", ROOT).project.modules.values()
    left = [one for module in modules for one in ignores_of(module) if not one.subject]
    assert {one.reason for one in left if one.path == "v2/planted.py"} == {"planted"}
    assert all(one.reason for one in left)
