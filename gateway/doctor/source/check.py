"""Every check that reads the source, one after the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.doctor.hit import Hit
from gateway.doctor.source.answers import answers
from gateway.doctor.source.application import applications
from gateway.doctor.source.clients import clients_per_request, missing_timeouts
from gateway.doctor.source.loop import blocked_loops
from gateway.doctor.source.models import models
from gateway.doctor.source.parameters import parameters
from gateway.doctor.source.process import changes_of_directory
from gateway.doctor.source.project import Project


def check_source(project: Project) -> Iterator[Hit]:
    """What the source says, ignored or not."""
    yield from blocked_loops(project)
    yield from clients_per_request(project)
    yield from missing_timeouts(project)
    yield from models(project)
    yield from parameters(project)
    yield from answers(project)
    yield from applications(project)
    yield from changes_of_directory(project)
