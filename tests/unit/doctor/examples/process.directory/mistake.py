"""The directory changes at import, in the lifespan, in a request and in a helper, however the call is spelt."""

import contextlib
import os
import os as system
from contextlib import asynccontextmanager
from os import chdir as go_to
from pathlib import Path

from fastapi import FastAPI

HERE = Path(__file__).parent
os.chdir(HERE)  # <- process.directory


@asynccontextmanager
async def lifespan(app: FastAPI):
    go_to(HERE)  # <- process.directory
    yield
    system.fchdir(3)  # <- process.directory


def render(name: str) -> str:
    with contextlib.chdir(HERE / "templates"):  # <- process.directory
        return (HERE / name).read_text()
