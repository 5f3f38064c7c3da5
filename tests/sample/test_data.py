"""/data takes a strictly integer id and a bounded text, and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.sample.client import Answer, Client

JSON = {"Content-Type": "application/json"}


def post(client: Client, key: dict[str, str], payload: object) -> Answer:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return client.request("POST", "/data", {**key, **JSON}, body)


def test_a_record_is_stored_then_replaced(client: Client, key: dict[str, str]) -> None:
    answer = post(client, key, {"id": 7, "text": "grüß Gott"})
    assert (answer.status, answer.json()) == (201, {"id": 7, "text": "grüß Gott", "length": 9})
    answer = post(client, key, {"id": 7, "text": "servus"})
    assert (answer.status, answer.json()) == (200, {"id": 7, "text": "servus", "length": 6})
    stored = client.request("GET", "/data/7", key).json()
    assert stored["text"] == "servus"
    assert stored["received_at"].endswith(" GMT")


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({"id": "7", "text": "x"}, {"id": ["'7' is not of type 'integer'"]}),
        ({"id": 7.0, "text": "x"}, {"id": ["7.0 is not of type 'integer'"]}),
        ({"id": 1.5, "text": "x"}, {"id": ["1.5 is not of type 'integer'"]}),
        ({"id": True, "text": "x"}, {"id": ["True is not of type 'integer'"]}),
        ({"id": None, "text": "x"}, {"id": ["None is not of type 'integer'"]}),
        ({"id": 0, "text": "x"}, {"id": ["0 is less than the minimum of 1"]}),
        ({"id": 2**31, "text": "x"}, {"id": ["2147483648 is greater than the maximum of 2147483647"]}),
        ({"id": 7, "text": ""}, {"text": ["'' should be non-empty"]}),
        ({"id": 7, "text": 5}, {"text": ["5 is not of type 'string'"]}),
        ({"id": 7}, {"_schema": ["'text' is a required property"]}),
        (
            {"id": 7, "text": "x", "admin": 1},
            {"_schema": ["Additional properties are not allowed ('admin' was unexpected)"]},
        ),
        ([], {"_schema": ["[] is not of type 'object'"]}),
        (None, {"_schema": ["None is not of type 'object'"]}),
    ],
)
def test_an_invalid_payload_is_a_422_that_says_why(
    client: Client, key: dict[str, str], payload: object, fields: dict
) -> None:
    answer = post(client, key, payload)
    assert answer.status == 422
    assert answer.json()["error"]["fields"] == fields


@pytest.mark.parametrize(("size", "status"), [(500, 201), (501, 422)])
def test_the_text_is_bounded(client: Client, key: dict[str, str], size: int, status: int) -> None:
    answer = post(client, key, {"id": 1_000 + size, "text": "ü" * size})
    assert answer.status == status


def test_the_last_of_two_equal_keys_counts(client: Client, key: dict[str, str]) -> None:
    assert post(client, key, b'{"id": 8, "text": "a", "text": "b"}').json()["text"] == "b"


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b'{"id": 7, "text": "x"} x'])
def test_malformed_json_is_a_400(client: Client, key: dict[str, str], payload: bytes) -> None:
    assert post(client, key, payload).status == 400


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_a_415(client: Client, key: dict[str, str], content_type: str) -> None:
    headers = {**key, "Content-Type": content_type} if content_type else key
    assert client.request("POST", "/data", headers, b'{"id": 7, "text": "x"}').status == 415


def test_a_json_suffix_counts_as_json(client: Client, key: dict[str, str]) -> None:
    headers = {**key, "Content-Type": "application/vnd.clock+json; charset=utf-8"}
    assert client.request("POST", "/data", headers, b'{"id": 9, "text": "x"}').status == 201


def test_a_body_of_unknown_length_is_read_whole(client: Client, key: dict[str, str]) -> None:
    """bridge row 1."""
    answer = client.upload("POST", "/data", {**key, **JSON}, [b'{"id": 10, ', b'"text": ', b'"chunks"}'])
    assert (answer.status, answer.json()) == (201, {"id": 10, "text": "chunks", "length": 6})


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": ""}, {"X-Api-Key": "guess"}, {"X-Api-Key": "schlüssel"}])
def test_without_the_key_it_is_a_401(client: Client, headers: dict[str, str]) -> None:
    answer = client.request("POST", "/data", {**headers, **JSON}, b'{"id": 7, "text": "x"}')
    assert answer.status == 401
    assert client.request("GET", "/data/7", headers).status == 401


def test_an_unknown_record_is_a_404(client: Client, key: dict[str, str]) -> None:
    assert client.request("GET", "/data/4711", key).status == 404
    assert client.request("GET", f"/data/{2**64}", key).status == 404
