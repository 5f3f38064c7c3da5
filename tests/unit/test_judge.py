"""The judge of a process: rules, doubts, noise, evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.evidence.record import Record
from gateway.exchange import Exchange, Failure, FailureKind, Headers, Observation, Request, Response, Side
from gateway.judge import CERTAIN, Judge
from gateway.mapfile.judging import Judging
from gateway.parity.difference import Comparison, Verdict
from gateway.parity.epoch import epoch_of
from gateway.parity.gate import GatePolicy
from gateway.parity.noise import NoiseBook
from gateway.parity.rules import Excuse, Rules, Tolerance
from gateway.routing.mode import Mode
from gateway.routing.route import Route

ROUTE = Route("r", "/r", Mode.SHADOW)
JSON = Headers(((b"content-type", b"application/json"),))


def an_exchange(legacy: bytes = b'{"a": 1}', v2: bytes | None = b'{"a": 1}', **fields) -> Exchange:
    request = Request(fields.pop("id", "i"), "GET", "/r", fields.pop("query", b""), Headers(()), b"")
    shadow = Failure(FailureKind.TIMEOUT, "late") if v2 is None else Response(200, JSON, v2)
    served = Observation(Side.LEGACY, Response(200, JSON, legacy), 0.010)
    return Exchange(request, "r", served, Observation(Side.V2, shadow, 0.012))


def a_judge(kept: list[Record] | None = None, rules: Rules | None = None, **options) -> Judge:
    judge = Judge(offer=None if kept is None else kept.append, **options)
    judge.use([ROUTE], {"r": Judging(rules or Rules(), GatePolicy())})
    return judge


def test_answers_are_compared_by_the_rules_of_their_route_and_day() -> None:
    rules = Rules(excuses=(Excuse("clock", "$.a", expires=date(2026, 6, 1)),))
    for today, verdict in ((date(2026, 5, 31), Verdict.EXCUSED), (date(2026, 6, 1), Verdict.MISMATCH)):
        judge = a_judge(rules=rules, today=lambda today=today: today)
        assert judge.compare(ROUTE, an_exchange(v2=b'{"a": 2}')).verdict is verdict


def test_a_v2_that_gives_no_answer_is_a_mismatch() -> None:
    assert a_judge().compare(ROUTE, an_exchange(v2=None)).verdict is Verdict.MISMATCH


def test_a_signature_is_doubted_until_it_is_well_known() -> None:
    judge = a_judge()
    found = judge.compare(ROUTE, an_exchange(v2=b'{"a": 2}'))
    doubts = [judge.doubts(ROUTE, found) for _ in range(CERTAIN + 20)]
    assert all(doubts[:CERTAIN])
    assert sum(doubts[CERTAIN:]) == 2
    other = judge.compare(ROUTE, an_exchange(v2=b'{"b": 2}'))
    assert judge.doubts(ROUTE, other)


def test_everything_is_counted_and_the_first_mismatches_have_a_sample() -> None:
    kept: list[Record] = []
    asked: list[str] = []

    def take(exchange: Exchange, comparison: Comparison, epoch: str) -> None:
        asked.append(epoch)

    judge = a_judge(kept, take_sample=take, today=lambda: date(2026, 1, 1))
    for number in range(30):
        exchange = an_exchange(v2=b'{"a": 2}', id=f"i{number}", query=f"n={number}".encode())
        judge.keep(ROUTE, exchange, judge.compare(ROUTE, exchange))
    judge.keep(ROUTE, an_exchange(), judge.compare(ROUTE, an_exchange()))
    assert [record.verdict for record in kept] == [Verdict.MISMATCH] * 30 + [Verdict.MATCH]
    assert asked == [epoch_of(ROUTE, Rules(), date(2026, 1, 1))] * 20
    assert len({record.shape for record in kept[:30]}) == 30
    assert len({record.signature for record in kept[:30]}) == 1
    assert kept[-1].signature == ""
    assert kept[0].locations == ("body /a",)
    assert (kept[0].legacy_elapsed, kept[0].v2_elapsed, kept[0].stratum) == (0.010, 0.012, "2xx")


def test_a_side_without_an_answer_has_no_time() -> None:
    kept: list[Record] = []
    judge = a_judge(kept)
    exchange = an_exchange(v2=None)
    judge.keep(ROUTE, exchange, judge.compare(ROUTE, exchange))
    assert kept[0].v2_elapsed is None


@pytest.mark.parametrize(("v2", "verdict"), [(b'{"a": 9}', Verdict.EXCUSED), (b'{"a": "x"}', Verdict.MISMATCH)])
def test_where_legacy_disagrees_with_itself_type_and_format_suffice(v2: bytes, verdict: Verdict) -> None:
    told: list[str] = []
    judge = a_judge(on_noise=lambda route, book: told.append(route))
    for number in range(10):
        judge.learn(ROUTE, an_exchange(v2=b'{"a": %d}' % (number + 2)))
    assert told == ["r"] * 10
    assert judge.compare(ROUTE, an_exchange(v2=v2)).verdict is verdict


def test_what_was_learned_before_is_known_and_what_is_learned_now_wins() -> None:
    books: list[NoiseBook] = []
    first = a_judge(on_noise=lambda route, book: books.append(book))
    for number in range(10):
        first.learn(ROUTE, an_exchange(v2=b'{"a": %d}' % (number + 2)))
    second = a_judge()
    second.knows("r", NoiseBook.from_json(books[-1].to_json()))
    second.knows("r", NoiseBook())
    assert second.compare(ROUTE, an_exchange(v2=b'{"a": 9}')).verdict is Verdict.EXCUSED


def test_a_rule_that_expires_at_midnight_begins_a_new_epoch_and_other_routes_go_on() -> None:
    """What was equal by the rule says nothing about the day after; a comparison counts where it was made."""
    kept: list[Record] = []
    days = [date(2026, 5, 31)]
    rule = Tolerance("$.a", 5, "rounded", date(2026, 6, 1))
    judge = Judge(offer=kept.append, today=lambda: days[-1])
    other = replace(ROUTE, id="other")
    judge.use([ROUTE, other], {"r": Judging(Rules(tolerances=(rule,)), GatePolicy())})

    def ask(route: Route) -> Comparison:
        return judge.compare(route, an_exchange(v2=b'{"a": 2}'))

    before = [ask(ROUTE), ask(other)]
    days.append(date(2026, 6, 1))
    judge.keep(ROUTE, an_exchange(v2=b'{"a": 2}'), before[0])  # compared before midnight, kept after it
    after = [ask(ROUTE), ask(other)]
    assert [one.verdict for one in (before[0], after[0])] == [Verdict.EQUIVALENT, Verdict.MISMATCH]
    assert before[0].epoch != after[0].epoch
    assert before[1].epoch == after[1].epoch
    assert [record.epoch for record in kept] == [before[0].epoch]


def test_a_new_map_begins_a_new_epoch() -> None:
    kept: list[Record] = []
    judge = a_judge(kept)
    judge.keep(ROUTE, an_exchange(), judge.compare(ROUTE, an_exchange()))
    judge.use([ROUTE], {"r": Judging(Rules(excuses=(Excuse("clock", "$.a"),)), GatePolicy())})
    judge.keep(ROUTE, an_exchange(), judge.compare(ROUTE, an_exchange()))
    assert kept[0].epoch != kept[1].epoch
