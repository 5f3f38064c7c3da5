"""The debugger is not served to clients."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.debug import DebuggedApplication
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.backends.debugger import refuse_debugger
from gateway.errors import ImportFailed

APP = Flask("a")


@pytest.mark.parametrize(
    "wrapped",
    [DebuggedApplication(APP, evalex=True), ProxyFix(DebuggedApplication(APP, evalex=True))],
    ids=["outside", "behind a wrapper"],
)
def test_a_debugger_that_runs_code_is_refused_and_the_way_out_is_said(wrapped: object) -> None:
    """Case 179."""
    with pytest.raises(ImportFailed, match=r"^old:app is wrapped in Werkzeug's debugger.*evalex=False"):
        refuse_debugger("old:app", wrapped)


@pytest.mark.parametrize(
    "application",
    [APP, ProxyFix(APP), DebuggedApplication(APP), print],
    ids=["bare", "proxied", "pages only", "no WSGI"],
)
def test_what_runs_no_code_is_served(application: object) -> None:
    refuse_debugger("old:app", application)
