"""Bodies: compared as what their media type says they are. Equal bytes were seen before, by whoever calls this."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.exchange import Response
from gateway.parity.coding import Undecodable, UnknownCoding, codings, decoded
from gateway.parity.difference import Kind
from gateway.parity.findings import Findings
from gateway.parity.forms import urlencoded, without_boundary
from gateway.parity.html import normalised
from gateway.parity.media import Media, media_of
from gateway.parity.rules import HtmlRule
from gateway.parity.shown import cut, digest
from gateway.parity.strict import Document, NotJson, parse
from gateway.parity.text import first_difference
from gateway.parity.walk import walk


@dataclass(frozen=True, slots=True)
class Content:
    """A body without its content coding, and what it is."""

    media: Media
    body: bytes
    content_type: bytes
    problem: str = ""
    """Why it could not be decoded; `body` is as it was sent then."""


def content_of(response: Response, body: bytes) -> Content:
    """What a response holds. Raises DecodesTooLarge."""
    content_type = b"".join(response.headers.get_all(b"content-type")[:1])
    applied = codings(response.headers.get_all(b"content-encoding"))
    media = media_of(content_type)
    if not applied or not body:
        return Content(media, body, content_type)
    try:
        return Content(media, decoded(body, applied), content_type)
    except UnknownCoding as coding:
        return Content(media, body, content_type, f"{coding} is not decoded here")
    except Undecodable as error:
        return Content(media, body, content_type, f"it is not {', '.join(applied)}: {error}")


def json_of(content: Content) -> Document | str:
    """The JSON document, or why there is none."""
    if not content.media.is_json:
        return f"it is {content.media.type or 'of no media type'}"
    try:
        return parse(content.body)
    except NotJson as error:
        return str(error)


def compare_bodies(legacy: Content, v2: Content, html: frozenset[str], findings: Findings) -> None:
    """Add the differences of two bodies with the same media type."""
    if legacy.problem or v2.problem:
        _opaque(legacy, v2, findings)
    elif legacy.media.is_text:
        _texts(legacy, v2, html, findings)
    elif legacy.media.type == "application/x-www-form-urlencoded":
        if urlencoded(legacy.body) == urlencoded(v2.body):
            findings.equivalent("form-escapes")
        else:
            _texts(legacy, v2, html, findings)
    elif legacy.media.type.startswith("multipart/") and (
        without_boundary(legacy.body, legacy.content_type) == without_boundary(v2.body, v2.content_type)
    ):
        findings.equivalent("multipart-boundary")
    else:
        _opaque(legacy, v2, findings)


def compare_json(
    legacy: Document | str, v2: Document | str, contents: tuple[Content, Content], findings: Findings
) -> None:
    """Add the differences of two bodies that both say they are JSON."""
    if isinstance(legacy, Document) and isinstance(v2, Document):
        walk(legacy, v2, findings)
    elif isinstance(legacy, str) and isinstance(v2, str):
        _texts(*contents, frozenset(), findings)
    else:
        texts = [one if isinstance(one, str) else "it is JSON" for one in (legacy, v2)]
        findings.body(Kind.TYPE, cut(texts[0]), cut(texts[1]))


def differ_whole(legacy: Content, v2: Content, findings: Findings) -> None:
    """Bodies that have nothing to do with one another: one difference, however long they are."""
    kind = Kind.ADDED if not legacy.body else Kind.REMOVED if not v2.body else Kind.TYPE
    findings.body(kind, _summary(legacy), _summary(v2))


def _texts(legacy: Content, v2: Content, html: frozenset[str], findings: Findings) -> None:
    ours, theirs = legacy.media.text(legacy.body), v2.media.text(v2.body)
    if ours is None or theirs is None:
        _opaque(legacy, v2, findings)
        return
    if ours == theirs:
        findings.equivalent("charset")
        return
    if legacy.media.is_html and html and normalised(ours, html) == normalised(theirs, html):
        for name in sorted(html):
            only = html - {name}
            if normalised(ours, only) != normalised(theirs, only):
                findings.equivalent(f"html-{name}")
        return
    expired = _would_hide(ours, theirs, html, findings) if legacy.media.is_html else None
    if legacy.media.is_html and html:
        ours, theirs = normalised(ours, html), normalised(theirs, html)
    findings.body(Kind.CHANGED, *first_difference(ours, theirs), expired)


def _would_hide(legacy: str, v2: str, html: frozenset[str], findings: Findings) -> HtmlRule | None:
    """A rule of HTML but for whose expiry two pages would be equal."""
    rules = findings.places.expired_html()
    names = html | {rule.without for rule in rules}
    return rules[0] if rules and normalised(legacy, names) == normalised(v2, names) else None


def _opaque(legacy: Content, v2: Content, findings: Findings) -> None:
    texts = [f"{digest(one.body)}; {one.problem}".removesuffix("; ") for one in (legacy, v2)]
    findings.body(Kind.CHANGED, cut(texts[0]), cut(texts[1]))


def _summary(content: Content) -> str | None:
    if not content.body:
        return None
    text = content.media.text(content.body[:400]) if not content.problem else None
    return cut(text) if text is not None else digest(content.body)
