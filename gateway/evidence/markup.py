"""Secrets in HTML and XML: attributes, elements, and fields of forms, replaced where they stand."""

from __future__ import annotations

import re

from gateway.evidence.names import SensitiveNames
from gateway.evidence.plain import Inner

_TAG = re.compile(r"<(/?)([A-Za-z_][\w:.-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_LONGEST_TAG = 8192
_ATTRIBUTE = re.compile(r"([\w:.@-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_NAMING = frozenset({"name", "key", "property", "http-equiv"})
_VALUES = frozenset({"value", "content"})
_VOID = frozenset(
    {"input", "meta", "br", "img", "hr", "link", "source", "area", "base", "col", "embed", "track", "wbr"}
)
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_COMMENT, _COMMENT_END = "<!--", "-->"


class Markup:
    """Redacts markup. Elements need not be closed, nor well nested: what is open at the end stays secret to the end."""

    def __init__(self, names: SensitiveNames, mark: Inner, inner: Inner, script: Inner) -> None:
        self._names = names
        self._mark = mark
        self._inner = inner
        self._script = script

    def __call__(self, text: str) -> str:
        """The text, its secrets replaced."""
        pieces: list[str] = []
        secret: list[str] = []
        """Open elements with a telling name."""
        script = False
        position = 0
        while position < len(text):
            start = text.find("<", position)
            start = len(text) if start < 0 else start
            pieces.append(self._content(text[position:start], secret=bool(secret), script=script))
            if start == len(text):
                break
            if text.startswith((_CDATA, _COMMENT), start):
                position = self._section(text, start, pieces, secret=bool(secret))
                continue
            tag = _TAG.match(text, start, start + _LONGEST_TAG)
            if tag is None:
                pieces.append("<")
                position = start + 1
                continue
            pieces.append(self._tag(tag, secret))
            if tag[2].lower() in {"script", "style"}:
                script = not tag[1]
            position = tag.end()
        return "".join(pieces)

    def _section(self, text: str, start: int, pieces: list[str], *, secret: bool) -> int:
        opening, closing = (_CDATA, _CDATA_END) if text.startswith(_CDATA, start) else (_COMMENT, _COMMENT_END)
        end = text.find(closing, start)
        content = text[start + len(opening) : end if end >= 0 else len(text)]
        pieces += [opening, self._content(content, secret=secret, script=False), closing if end >= 0 else ""]
        return end + len(closing) if end >= 0 else len(text)

    def _tag(self, tag: re.Match[str], secret: list[str]) -> str:
        closing, element, attributes = tag[1], tag[2], tag[3]
        if closing:
            if element in secret:
                del secret[len(secret) - 1 - secret[::-1].index(element) :]
            return tag[0]
        found = [(name.lower(), _unquoted(value)) for name, _, value in _ATTRIBUTE.findall(attributes)]
        telling = any(name in _NAMING and value in self._names for name, value in found)
        empty = attributes.rstrip().endswith("/") or element.lower() in _VOID
        telling = telling or _local(element) in self._names
        if telling and not empty:
            secret.append(element)
        inside = telling or bool(secret)

        def replaced(attribute: re.Match[str]) -> str:
            name, value = attribute[1].lower(), _unquoted(attribute[3])
            hidden = name in self._names or (name in _VALUES and inside)
            redacted = self._mark(value) if hidden else self._inner(value)
            return attribute[0] if redacted == value else f'{attribute[1]}{attribute[2]}"{redacted}"'

        return f"<{element}{_ATTRIBUTE.sub(replaced, attributes)}>"

    def _content(self, content: str, *, secret: bool, script: bool) -> str:
        if not content or content.isspace():
            return content
        if secret:
            bare = content.strip()
            return content.replace(bare, self._mark(bare), 1)
        return self._script(content) if script else self._inner(content)


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] in {'"', "'"} else value


def _local(element: str) -> str:
    return element.rpartition(":")[2]
