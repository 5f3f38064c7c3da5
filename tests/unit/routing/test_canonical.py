"""What the bytes of a target mean, before anything is matched (cases 1 to 38)."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.canonical import MAX_PATH, Ambiguous, Canonical, Repairable, TooLong, canonicalise

ATOMS = st.sampled_from(
    ["/", "//", ".", "..", ";a", "\\", "%2f", "%2F", "%5c", "%2e", "%00", "%0a", "%61", "%C3%A9", "%c3%a9", "%ff", "%",
     "%25", "%252f", "a", "B", "é", "~", " ", "#", "?", "%E2%80%8B", "%20", ":", "@", "+", "%2B", "*"],
)  # fmt: skip
TARGETS = st.lists(ATOMS, max_size=12).map(lambda atoms: "/".join(["", *atoms]).encode()) | st.binary(max_size=40)


@pytest.mark.parametrize("raw", [b"/", b"/admin/users", b"/a/", b"/a.b", b"/x;v=1", b"/a+b", b"/%C3%A9", b"/a%20b"])
def test_canonical_path_stays_as_it_is(raw: bytes) -> None:
    assert canonicalise(raw) == Canonical(unquote_to_bytes(raw).decode(), raw)


def test_unreserved_escapes_decode_and_case_is_kept() -> None:
    """Case 12."""
    assert canonicalise(b"/%61dmin/users") == Canonical("/admin/users", b"/admin/users")
    assert canonicalise(b"/%41dmin") == Canonical("/Admin", b"/Admin")


def test_escapes_have_one_spelling() -> None:
    assert canonicalise(b"/caf%c3%a9") == Canonical("/café", b"/caf%C3%A9")


def test_a_dot_inside_or_before_a_name_is_a_name() -> None:
    assert canonicalise(b"/.well-known/x") == Canonical("/.well-known/x", b"/.well-known/x")
    assert canonicalise(b"/a..b/...") == Canonical("/a..b/...", b"/a..b/...")


@pytest.mark.parametrize("raw", [b"//admin/users", b"///admin/users", b"/admin//users"])
def test_duplicate_slashes_are_repairable(raw: bytes) -> None:
    """Cases 1 and 3."""
    assert canonicalise(raw) == Repairable(Canonical("/admin/users", b"/admin/users"))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"/%2fadmin/users", "encoded_slash"),  # case 2
        (b"/%2Fadmin/users", "encoded_slash"),
        (b"/public/../admin/users", "dot_segment"),  # case 5
        (b"/public/./x", "dot_segment"),
        (b"/admin/.", "dot_segment"),
        (b"/admin/users/..", "dot_segment"),
        (b"/public/%2e%2e/admin/users", "dot_segment"),  # case 6
        (b"/public/.%2e/x", "dot_segment"),
        (b"/public/%2E./x", "dot_segment"),
        (b"/public/..%2fadmin", "encoded_slash"),  # case 7
        (b"/public/..%5cadmin", "backslash"),
        (b"/public/..\\admin", "backslash"),
        (b"/public/..;x=1/admin", "dot_segment"),  # case 8
        (b"/public/.;a/x", "dot_segment"),
        (b"/admin/users%0a", "invisible_character"),  # case 10
        (b"/admin/users%0d%0a", "invisible_character"),
        (b"/admin/users%09", "invisible_character"),
        (b"/admin/users%7f", "invisible_character"),
        (b"/admin/users%00", "invisible_character"),  # case 11
        (b"/admin%00.png", "invisible_character"),
        (b"/admin%252fusers", "double_encoding"),  # case 14
        (b"/admin%25%32%66", "double_encoding"),
        (b"/api/items/%", "malformed_escape"),  # case 15
        (b"/api/items/%zz", "malformed_escape"),
        (b"/api/items/%u0041", "malformed_escape"),
        (b"/api/items/%2", "malformed_escape"),
        (b"/api/items/%ff", "invalid_utf8"),  # case 16
        (b"/api/items/%80", "invalid_utf8"),
        (b"/api/items/%c0%af", "invalid_utf8"),
        (b"/api/items/%c0%ae%c0%ae", "invalid_utf8"),
        (b"/api/items/%ed%a0%80", "invalid_utf8"),
        (b"/api/items/%f8%88%80%80%80", "invalid_utf8"),
        (b"/admin%E2%80%8B", "invisible_character"),  # case 18
        (b"/admin%E2%80%AE", "invisible_character"),
        (b"/admin%E2%80%A8", "invisible_character"),
        (b"/%EF%BB%BFadmin", "invisible_character"),
        (b"/admin%C2%85", "invisible_character"),
        (b"/a\xc3\xa9", "non_ascii"),  # case 20
        (b"/a b", "malformed_target"),
        (b"/a#frag", "malformed_target"),  # case 21
        (b"admin/users", "not_origin_form"),  # case 25
        (b"*", "not_origin_form"),
        (b"", "not_origin_form"),
    ],
)
def test_target_that_two_readers_may_take_differently_is_ambiguous(raw: bytes, reason: str) -> None:
    target = canonicalise(raw)
    assert isinstance(target, Ambiguous)
    assert target.reason == reason


@pytest.mark.parametrize("raw", [b"/%EF%BC%8Fadmin", b"/a%E2%81%84b"])
def test_characters_that_look_like_a_slash_are_not_one(raw: bytes) -> None:
    """Case 19."""
    target = canonicalise(raw)
    assert isinstance(target, Canonical)
    assert target.raw == raw


@pytest.mark.parametrize(
    ("raw", "reading"),
    [
        (b"/public/../admin/users", "/admin/users"),
        (b"/public/%2e%2e/admin", "/admin"),
        (b"/public/..%2fadmin", "/admin"),
        (b"/public/..%5cadmin", "/admin"),
        (b"/public/..;x=1/admin", "/admin"),
        (b"/public/%252e%252e/admin", "/admin"),
        (b"/adm%00in", "/adm"),
        (b"/adm%E2%80%8Bin", "/admin"),
        (b"/%2fadmin", "/admin"),
    ],
)
def test_readings_name_what_another_reader_would_see(raw: bytes, reading: str) -> None:
    target = canonicalise(raw)
    assert isinstance(target, Ambiguous)
    assert reading in target.readings


def test_a_path_over_the_limits_is_too_long() -> None:
    """Case 38."""
    assert canonicalise(b"/" + b"a" * MAX_PATH) == TooLong()
    assert canonicalise(b"/a" * 1000) == TooLong()


@given(TARGETS)
def test_canonicalising_is_total_and_idempotent(raw: bytes) -> None:
    """Case 37."""
    target = canonicalise(raw)
    if isinstance(target, Repairable):
        target = target.canonical
    if isinstance(target, Canonical):
        assert canonicalise(target.raw) == target


@given(TARGETS)
def test_a_canonical_path_is_what_wsgi_decodes(raw: bytes) -> None:
    """Case 29: PATH_INFO, `scope["path"]` and the matched path are one value."""
    target = canonicalise(raw)
    if isinstance(target, Canonical):
        assert unquote_to_bytes(raw).decode() == target.path
        assert unquote_to_bytes(target.raw).decode() == target.path
