"""What another thread is doing."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading

from gateway.stacks import stack_of


def test_a_stack_names_what_a_thread_waits_for() -> None:
    begun, done = threading.Event(), threading.Event()

    def waits_here() -> None:
        begun.set()
        done.wait(10)

    thread = threading.Thread(target=waits_here)
    thread.start()
    begun.wait(10)
    try:
        assert "waits_here" in stack_of(thread.ident or 0)
    finally:
        done.set()
        thread.join()
    assert stack_of(0) == ""


def test_looking_at_threads_does_not_deadlock_the_process() -> None:
    """Before CPython 3.12, `sys._current_frames` did when the garbage collector ran inside it (gh-106883)."""
    script = """
        import gc, os, threading, time
        from gateway.stacks import stack_of

        class Slow:
            def __del__(self):
                time.sleep(0.001)

        def spawn():
            while True:
                threading.Thread(target=int).start()

        for _ in range(300):
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        threading.Thread(target=spawn, daemon=True).start()
        time.sleep(0.3)
        for _ in range(30):
            cycle = [Slow()]
            cycle.append(cycle)
        gc.set_threshold(50)
        assert stack_of(threading.get_ident())
        os._exit(0)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
