"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import settings

from tests.support.examples import examples

# An example takes as long as a busy machine lets it; what hangs meets pytest's own timeout.
settings.register_profile("busy", deadline=None, max_examples=examples(60))
settings.load_profile("busy")


def pytest_sessionstart() -> None:
    """What is collected is kept: looking through it for garbage while it grows finds none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Ten thousand tests are no garbage either: a full collection in a test would walk through all of them."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text name no test: gzip's hold the time, and every worker must find the same tests."""
    return argname if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio only: the product runs on nothing else."""
    return "asyncio"


@pytest.fixture(scope="session")
def missing() -> Callable[[str], NoReturn]:
    """What a test does without a service or a tool: skip, or fail where all of them are promised.

    CI sets `GATEWAY_TEST_REQUIRE_SERVICES=1`, so that nothing is left out there in silence.
    """
    required = os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES") == "1"

    def leave(what: str) -> NoReturn:
        if required:
            pytest.fail(f"{what} is missing, and GATEWAY_TEST_REQUIRE_SERVICES=1 promises it", pytrace=False)
        pytest.skip(f"{what} is not available")

    return leave
