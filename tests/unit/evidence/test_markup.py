"""Secrets in HTML and XML."""

from __future__ import annotations

import pytest

from gateway.evidence.markup import Markup
from gateway.evidence.names import SensitiveNames

HIDE = Markup(SensitiveNames(), lambda secret: "#" if secret else secret, lambda text: text, lambda text: text.upper())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<a><password>x</password><b>y</b></a>", "<a><password>#</password><b>y</b></a>"),
        ("<card><n>4</n><who>w</who></card><n>5</n>", "<card><n>#</n><who>#</who></card><n>5</n>"),
        ("<ns:Token type='t'> x </ns:Token>", "<ns:Token type='t'> # </ns:Token>"),
        ("<token><![CDATA[a<b]]></token>", "<token><![CDATA[#]]></token>"),
        ('<user password="x y" id="1"/>', '<user password="#" id="1"/>'),
        ('<token value="x"/><a>y</a>', '<token value="#"/><a>y</a>'),
        (
            '<input type="hidden" name="csrf_token" value="a>b"><p>q</p>',
            '<input type="hidden" name="csrf_token" value="#"><p>q</p>',
        ),
        ("<input value=x name=password><p>q</p>", '<input value="#" name=password><p>q</p>'),
        ('<meta name="csrf-token" content="x">', '<meta name="csrf-token" content="#">'),
        (
            '<entry key="password">x</entry><entry key="a">y</entry>',
            '<entry key="password">#</entry><entry key="a">y</entry>',
        ),
        ("<secret>x", "<secret>#"),
        ("<script>var a;</script>b", "<script>VAR A;</script>b"),
        ("a < b <p>c</p>", "a < b <p>c</p>"),
        ("<!-- x --><p>c</p>", "<!-- x --><p>c</p>"),
        ("<!-- open", "<!-- open"),
    ],
)
def test_what_is_hidden_and_what_is_shown(text: str, shown: str) -> None:
    """Case 145."""
    assert HIDE(text) == shown
