"""`compare`: two outcomes of one request, and what is to be concluded. Total: it never raises.

1 nothing answered       both failed or both 5xx: both_error; v2 alone: mismatch; legacy alone: skipped.
                         A 5xx of v2 that raised is no answer: the framework's word for the exception, which is named
2 the same               status, header lines and bytes: match, without looking closer
3 status                 exact: no client takes a 422 for a 400
4 headers                by what each of them means (`headers.py`)
5 bodies                 not at all for a stream or above the capture limit: skipped, unless 3 or 4 found something;
                         as one where the status or the media type differs; else as what they are (`body.py`)
6 causes                 each difference gets the name of the trap that explains it (`causes.py`)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gateway.exchange import Failure, FailureKind, Outcome, Request, Response
from gateway.parity.body import Content, compare_bodies, compare_json, content_of, differ_whole, json_of
from gateway.parity.causes import explain
from gateway.parity.coding import DecodesTooLarge
from gateway.parity.difference import Comparison, Kind, Part, Verdict
from gateway.parity.findings import Findings
from gateway.parity.headers import compare_headers
from gateway.parity.place import Places
from gateway.parity.rules import Rules
from gateway.parity.shown import cut
from gateway.parity.strict import Document

_SERVER_ERROR = 500


def compare(legacy: Outcome, v2: Outcome, rules: Rules, *, request: Request, today: date) -> Comparison:
    """What the two sides' answers to `request` have in common.

    `today` is the day on which rules expire. A verdict ERROR says in its reason what went wrong in here.
    """
    try:
        found = _outcomes(legacy, v2, rules, request, today)
    except Exception as error:  # noqa: BLE001 - a comparison that fails is a verdict, whatever it failed of
        return Comparison(Verdict.ERROR, reason=cut(f"{type(error).__name__}: {error}"), stratum=stratum(legacy))
    if not found.differences:
        return found
    try:
        return explain(found, request, legacy, v2)
    except Exception:  # noqa: BLE001 - without a name a mismatch is still a mismatch
        return found


def stratum(legacy: Outcome) -> str:
    """The status class that parity is kept apart by: `2xx` ... `5xx`, or `none`."""
    return f"{legacy.status // 100}xx" if isinstance(legacy, Response) else "none"


def _outcomes(legacy: Outcome, v2: Outcome, rules: Rules, request: Request, today: date) -> Comparison:
    if isinstance(legacy, Response) and isinstance(v2, Response) and not _has_crashed(legacy, v2):
        if legacy == v2 and legacy.body is not None and legacy.status < _SERVER_ERROR:
            return Comparison(Verdict.MATCH, stratum=stratum(legacy))
        return _responses(legacy, v2, rules, request, today)
    failures = [one for one in (legacy, v2) if isinstance(one, Failure)]
    if any(one.kind is FailureKind.ABORTED for one in failures):
        return Comparison(Verdict.SKIPPED, reason="aborted", stratum=stratum(legacy))
    if _is_error(legacy) and _is_error(v2):
        return Comparison(Verdict.BOTH_ERROR, reason="; ".join(map(_said, (legacy, v2))), stratum=stratum(legacy))
    if isinstance(legacy, Failure):
        return Comparison(Verdict.SKIPPED, reason=f"legacy_{legacy.kind}", stratum=stratum(legacy))
    findings = Findings(Places(rules, today))
    findings.head(Part.OUTCOME, "", Kind.CHANGED, _said(legacy), _said(v2))
    return _concluded(findings, legacy, Verdict.MISMATCH)


def _has_crashed(legacy: Response, v2: Response) -> bool:
    """Whether v2's answer is what its framework says for an exception, where legacy has an answer."""
    return bool(v2.raised) and _is_error(v2) and not _is_error(legacy)


def _is_error(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) or outcome.status >= _SERVER_ERROR


def _said(outcome: Outcome) -> str:
    if isinstance(outcome, Failure):
        return cut(f"{outcome.kind}: {outcome.message}")
    return cut(f"status {outcome.status}, {outcome.raised}") if outcome.raised else f"status {outcome.status}"


def _responses(legacy: Response, v2: Response, rules: Rules, request: Request, today: date) -> Comparison:
    findings = Findings(Places(rules, today))
    if legacy.status != v2.status:
        findings.head(Part.STATUS, "", Kind.CHANGED, str(legacy.status), str(v2.status))
    special = {name.encode("latin-1", "replace"): way for name, way in rules.ways(today).items()}
    compare_headers(legacy, v2, special, request, findings)
    # An answer to HEAD has no body on the wire (RFC 9110 9.3.2); FastAPI sends the one of GET as far as the server.
    unread = "" if request.method == "HEAD" else _bodies(legacy, v2, rules, today, findings)
    if v2.raised and not legacy.raised:
        findings.head(Part.OUTCOME, "", Kind.CHANGED, _said(legacy), _said(v2))
    if _is_error(legacy) and _is_error(v2):
        return _concluded(findings, legacy, Verdict.BOTH_ERROR)
    if findings.unexcused:
        return _concluded(findings, legacy, Verdict.MISMATCH)
    if unread:
        return _concluded(findings, legacy, Verdict.SKIPPED, unread)
    if findings.excused:
        return replace(_concluded(findings, legacy, Verdict.EXCUSED), rest_agrees=_rest_agrees(findings))
    return _concluded(findings, legacy, Verdict.EQUIVALENT if findings.equivalences else Verdict.MATCH)


def _rest_agrees(findings: Findings) -> bool:
    """Whether an answer that is excused says something all the same: something of its body is not excused."""
    in_body = any(one.part is Part.BODY for one in findings.excused)
    return not in_body or findings.places.leave_something()


def _bodies(legacy: Response, v2: Response, rules: Rules, today: date, findings: Findings) -> str:
    """Compare the bodies; why they were not, if so."""
    if legacy.body is None or v2.body is None:
        return "body_too_large"
    if legacy.body == v2.body and legacy.headers.get_all(b"content-encoding") == v2.headers.get_all(
        b"content-encoding"
    ):
        return ""
    try:
        contents = content_of(legacy, legacy.body), content_of(v2, v2.body)
    except DecodesTooLarge:
        return "body_too_large"
    ours, theirs = contents
    if ours.body == theirs.body and not ours.problem and not theirs.problem:
        return ""
    if ours.media.is_stream and theirs.media.is_stream:
        return "stream"
    if legacy.status != v2.status or ours.media.type != theirs.media.type:
        differ_whole(ours, theirs, findings)
    elif ours.media.is_json and not ours.problem and not theirs.problem:
        _json(contents, rules, today, findings)
    else:
        compare_bodies(ours, theirs, rules.left_out(today), findings)
    return ""


def _json(contents: tuple[Content, Content], rules: Rules, today: date, findings: Findings) -> None:
    ours, theirs = json_of(contents[0]), json_of(contents[1])
    if isinstance(ours, Document) and isinstance(theirs, Document):
        findings.places = Places(rules, today, (ours, theirs))
    compare_json(ours, theirs, contents, findings)


def _concluded(findings: Findings, legacy: Outcome, verdict: Verdict, reason: str = "") -> Comparison:
    return Comparison(
        verdict,
        (*findings.unexcused, *findings.excused),
        findings.equivalences,
        reason,
        stratum(legacy),
        findings.rest,
    )
