"""The text of a parity test for scaffolded routes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.scaffold.annotations import literal
from gateway.scaffold.observations import SAFE, Seen, is_whole
from gateway.scaffold.stub import Stub

ASKED = 12
"""Observed requests that are asked again, of each route."""
_HEAD = '''"""Parity of scaffolded routes: legacy and the router are asked the same in this process, and compared.

Written by `gateway scaffold`. A route that is not written yet answers 501, so its tests fail.
"""'''
_IMPORTS = """\
import pytest

from gateway.scaffold.parity import Legacy, assert_parity, load_legacy"""
_FIXTURE = '''\
@pytest.fixture(scope="module")
def legacy() -> Legacy:
    """The legacy application, made once."""'''
_SAMPLES = {"int": "1", "float": "1.0", "UUID": "00000000-0000-0000-0000-000000000000", "str": "a"}


def asked_of(stub: Stub, seen: Iterable[Seen]) -> list[tuple[str, str]]:
    """What to ask: observed requests that only read, each once; else one that the rule makes up."""
    found = dict.fromkeys(
        (one.method, one.target)
        for one in seen
        if one.method in SAFE and one.method in {stub.method, "HEAD"} and is_whole(one.target)
    )
    return list(found)[:ASKED] or [(stub.method, _made_up(stub))]


def parity_test_text(stubs: Sequence[tuple[Stub, Sequence[tuple[str, str]]]], *, legacy: str, module: str) -> str:
    """The module of tests. `module` is the dotted name of the routes' module; each stub comes with what is asked."""
    readers = [one for one in stubs if one[0].method in SAFE]
    writers = [one for one in stubs if one[0].method not in SAFE]
    parts = [
        _HEAD,
        "from __future__ import annotations",
        f"{_IMPORTS}\nfrom {module} import router",
    ]
    lists = []
    if readers:
        rows = "\n".join(
            f"    ({literal(method)}, {literal(target)}),  # {stub.route_id}"
            for stub, asked in readers
            for method, target in asked
        )
        lists.append(f"READS = [\n{rows}\n]")
    if writers:
        rows = "\n".join(
            f'    # ({literal(method)}, {literal(target)}, b"..."),  # {stub.route_id}'
            for stub, asked in writers
            for method, target in asked
        )
        lists.append(
            "# Both sides write: ask these only where that is harmless, such as for bodies that are refused.\n"
            f"WRITES: list[tuple[str, str, bytes]] = [\n{rows}\n]"
        )
    parts += lists
    tests = [
        f"{_FIXTURE}\n    return load_legacy({literal(legacy)})",
    ]
    if readers:
        tests.append(
            '@pytest.mark.parametrize(("method", "target"), READS)\n'
            "def test_reads_are_answered_alike(legacy: Legacy, method: str, target: str) -> None:\n"
            "    assert_parity(legacy, router, method, target)"
        )
    if writers:
        tests.append(
            '@pytest.mark.parametrize(("method", "target", "body"), WRITES)\n'
            "def test_writes_are_answered_alike(legacy: Legacy, method: str, target: str, body: bytes) -> None:\n"
            '    headers = {"Content-Type": "application/json"}\n'
            "    assert_parity(legacy, router, method, target, headers=headers, body=body)"
        )
    return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join(tests) + "\n"


def _made_up(stub: Stub) -> str:
    path = stub.path
    for one in stub.path_parameters:
        value = one.choices[0] if one.choices else _SAMPLES.get(one.type, "a")
        path = path.replace(f"{{{one.name}:path}}", value).replace(f"{{{one.name}}}", value)
    query = "&".join(f"{one.name}={_SAMPLES.get(one.type or 'str', 'a')}" for one in stub.query if one.required)
    return f"{path}?{query}" if query else path
