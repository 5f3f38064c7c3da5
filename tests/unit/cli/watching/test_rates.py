"""Rates out of two readings of `/metrics`."""

from __future__ import annotations

import pytest

from gateway.cli.watching.rates import Reading, rates, read_requests

TEXT = """\
# HELP gateway_requests_total Requests answered, by the side that answered
# TYPE gateway_requests_total counter
gateway_requests_total{route="a",side="legacy",mode="shadow",code_class="2xx"} 10.0
gateway_requests_total{route="a",side="legacy",mode="shadow",code_class="4xx"} 5.0
gateway_requests_total{route="a",side="v2",mode="shadow",code_class="2xx"} 1.0
gateway_requests_total{route="we\\"ird",side="v2",mode="v2",code_class="2xx"} 1e+03
gateway_requests_created{route="a",side="v2"} 1.7e9
gateway_other{route="a",side="legacy"} 7.0
"""


def test_a_reading_adds_up_modes_and_status_classes():
    reading = read_requests(TEXT, 1.0)
    assert reading.requests == {("a", "legacy"): 15.0, ("a", "v2"): 1.0, ('we"ird', "v2"): 1000.0}


@pytest.mark.parametrize("text", ["", "<html>", 'gateway_requests_total{route="a" 1', "gateway_requests_total{} x"])
def test_what_is_no_exposition_has_no_counts(text: str):
    assert read_requests(text, 1.0).requests == {}


def test_rates_are_per_second_and_a_new_series_began_at_0():
    before, now = Reading(10.0, {("a", "legacy"): 100.0}), Reading(12.0, {("a", "legacy"): 110.0, ("a", "v2"): 4.0})
    assert rates(before, now) == {("a", "legacy"): 5.0, ("a", "v2"): 2.0}


def test_a_gateway_that_was_restarted_has_no_negative_rate():
    assert rates(Reading(0.0, {("a", "v2"): 1000.0}), Reading(2.0, {("a", "v2"): 4.0})) == {("a", "v2"): 2.0}


def test_one_reading_has_no_rate():
    assert rates(None, Reading(1.0, {("a", "v2"): 4.0})) == {}
    assert rates(Reading(1.0, {}), Reading(1.0, {("a", "v2"): 4.0})) == {}
