"""What another thread is doing: its stack, for the log."""

from __future__ import annotations

import gc
import sys
import traceback


def stack_of(thread: int) -> str:
    """The stack of a thread, by its ident, innermost call last; empty for a thread that is not there.

    The garbage collector is off meanwhile: before CPython 3.12 its run inside `sys._current_frames` can deadlock the
    process (gh-106883); seen on 3.11.7.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        frame = sys._current_frames().get(thread)  # noqa: SLF001 - documented: the only way to another thread's stack
    finally:
        if collects:
            gc.enable()
    return "".join(traceback.format_stack(frame)) if frame is not None else ""
