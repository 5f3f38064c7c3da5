"""Noise is downgraded to type and format, in sight, and never to nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpath_rfc9535 import find

from gateway.parity.difference import Comparison, Verdict
from gateway.parity.noise import NoiseBook, downgrade, learn, proposals
from tests.unit.parity.answers import a_json, an_answer, compared

UUIDS = [f"{number:08x}-1111-4111-8111-111111111111" for number in range(4)]


def learned(*pairs: tuple[object, object]) -> NoiseBook:
    book = NoiseBook()
    for one, other in pairs:
        book = learn(book, compared(a_json(one), a_json(other)))
    return book


def noisy_ids(key: str = "id") -> NoiseBook:
    return learned(({key: UUIDS[0]}, {key: UUIDS[1]}), ({key: UUIDS[1]}, {key: UUIDS[2]}))


def test_an_equal_format_suffices_where_legacy_disagrees_with_itself() -> None:
    found = downgrade(compared(a_json({"id": UUIDS[0]}), a_json({"id": UUIDS[3]})), noisy_ids())
    assert found.verdict is Verdict.EXCUSED
    (difference,) = found.differences
    assert difference.excused_by == "noise: legacy differs from itself here in 2 of 2 samples (100%)"


@pytest.mark.parametrize("other", ["no uuid", "", 17, None, {}, []])
def test_another_type_or_format_is_still_a_mismatch(other: object) -> None:
    found = downgrade(compared(a_json({"id": UUIDS[0]}), a_json({"id": other})), noisy_ids())
    assert found.verdict is Verdict.MISMATCH
    assert found.unexcused


def test_a_date_in_another_format_is_still_a_mismatch() -> None:
    first, second = "Sun, 05 Jan 2025 10:00:00 GMT", "Sun, 05 Jan 2025 10:00:07 GMT"
    book = learned(({"now": first}, {"now": second}), ({"now": first}, {"now": second}))
    assert downgrade(compared(a_json({"now": first}), a_json({"now": second})), book).verdict is Verdict.EXCUSED
    iso = compared(a_json({"now": first}), a_json({"now": "2025-01-05T10:00:00"}))
    assert downgrade(iso, book).verdict is Verdict.MISMATCH


def test_a_missing_value_is_noise_only_where_legacy_leaves_it_out_itself() -> None:
    gone = compared(a_json({"id": UUIDS[0]}), a_json({}))
    assert downgrade(gone, noisy_ids()).verdict is Verdict.MISMATCH
    book = learned(({"id": UUIDS[0]}, {}), ({"id": UUIDS[0]}, {}))
    assert downgrade(gone, book).verdict is Verdict.EXCUSED


def test_what_is_elsewhere_is_still_a_mismatch() -> None:
    found = downgrade(compared(a_json({"id": UUIDS[0], "n": 1}), a_json({"id": UUIDS[3], "n": 2})), noisy_ids())
    assert found.verdict is Verdict.MISMATCH
    assert [difference.location for difference in found.unexcused] == ["/n"]


def test_one_disagreement_is_an_edit_and_not_noise() -> None:
    book = learned(({"id": UUIDS[0]}, {"id": UUIDS[1]}))
    assert book.noisy == ()
    mismatch = compared(a_json({"id": UUIDS[0]}), a_json({"id": UUIDS[3]}))
    assert downgrade(mismatch, book) == mismatch


def test_what_differs_seldom_is_not_noise() -> None:
    book = noisy_ids()
    same = compared(a_json({"id": 1}), a_json({"id": 1}))
    for _ in range(198):
        book = learn(book, same)
    assert book.noisy
    assert learn(book, same).noisy == ()


def test_a_list_is_one_place_and_one_time_a_sample() -> None:
    one, other = ([{"id": UUIDS[number]} for number in numbers] for numbers in ((0, 1), (2, 3)))
    book = learned(({"items": one}, {"items": other}), ({"items": one}, {"items": other}))
    assert [(place.wildcard, place.times) for place in book.noisy] == [("/items/*/id", 2)]


def test_status_and_whole_bodies_are_never_noise() -> None:
    book = NoiseBook()
    text = {"content_type": "text/plain"}
    for _ in range(3):
        book = learn(book, compared(an_answer(b"a", **text), an_answer(b"b", **text)))
        book = learn(book, compared(an_answer(b"a", 200), an_answer(b"a", 404)))
    assert (book.samples, book.places) == (6, ())


def test_headers_may_be_noise() -> None:
    book = NoiseBook()
    for retry in ("3", "4"):
        book = learn(book, compared(an_answer(retry_after="9"), an_answer(retry_after=retry)))
    found = compared(an_answer(retry_after="5"), an_answer(retry_after="6"))
    assert downgrade(found, book).verdict is Verdict.EXCUSED
    found = compared(an_answer(retry_after="5"), an_answer(retry_after="soon"))
    assert downgrade(found, book).verdict is Verdict.MISMATCH


def test_objects_are_never_downgraded() -> None:
    book = learned(({"a": {"b": 1}}, {}), ({"a": {"b": 1}}, {}))
    assert downgrade(compared(a_json({}), a_json({"a": {"c": 2}})), book).verdict is Verdict.MISMATCH


def test_what_was_not_kept_is_excused_by_its_formats_alone() -> None:
    first, second = (
        [{"at": f"2025-01-05T10:00:{n % 60:02}", "n": n} for n in range(start, start + 50)] for start in (0, 7)
    )
    legacy, later = ([{**row, "n": n} for n, row in enumerate(rows)] for rows in (first, second))
    book = learned((legacy, later), (legacy, later))
    found = compared(a_json(legacy), a_json(later))
    assert found.omitted == 40
    assert downgrade(found, book).verdict is Verdict.EXCUSED
    broken = [*later[:40], {"at": "gone", "n": 40}, *later[41:]]
    assert downgrade(compared(a_json(legacy), a_json(broken)), book).verdict is Verdict.MISMATCH


def test_what_was_not_compared_teaches_nothing() -> None:
    book = noisy_ids()
    for verdict in (Verdict.SKIPPED, Verdict.ERROR, Verdict.BOTH_ERROR):
        assert learn(book, Comparison(verdict)) is book


def test_a_book_is_bounded() -> None:
    names = {f"n{number}": number for number in range(90)}
    book = NoiseBook()
    for round_ in range(5):
        one = {f"{name}-{round_}": value for name, value in names.items()}
        book = learn(book, compared(a_json(one), a_json({name: value + 1 for name, value in one.items()})))
    assert len(book.places) == 200


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"samples": "x", "places": []}', '{"samples": 1, "places": [[1]]}'])
def test_another_text_is_no_book(text: str) -> None:
    with pytest.raises(ValueError, match="not a noise book"):
        NoiseBook.from_json(text)


def test_a_book_survives_its_text() -> None:
    book = noisy_ids("a b")
    assert NoiseBook.from_json(book.to_json()) == book


def test_a_proposal_is_a_rule_for_a_person_to_accept() -> None:
    reason = "legacy differs from itself here in 2 of 2 samples (100%)"
    assert proposals(noisy_ids(), date(2027, 3, 1)) == (f'- {{at: "$.id", reason: "{reason}", expires: 2027-03-01}}',)


@given(st.text(min_size=1, max_size=8).filter(lambda name: not name.isdigit() and name != "*"))
def test_a_proposed_path_names_the_place(name: str) -> None:
    book = noisy_ids(name)
    (place,) = book.noisy
    from gateway.parity.noise import _json_path  # noqa: PLC0415 - white box: the path alone

    assert find(_json_path(place.wildcard), {name: 1}).values() == [1]
