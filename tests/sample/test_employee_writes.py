"""Changing the directory, and who may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.sample.client import Answer, Client

NEWCOMER = {
    "first_name": "Søren",
    "last_name": "Østergaard-Test",
    "email": "soren.test@example.com",
    "title": "Typesetter",
    "department": "design",
    "salary": "4321.5",
    "hired_on": "2025-02-01",
}


def send(client: Client, method: str, target: str, headers: Mapping[str, str], payload: object) -> Answer:
    lines = {"Content-Type": "application/json", **headers}
    return client.request(method, target, lines, json.dumps(payload).encode())


def bearer(client: Client, name: str) -> dict[str, str]:
    answer = send(client, "POST", "/auth/login", {}, {"email": f"{name}@example.com", "password": name})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
def newcomer(client: Client, key: dict[str, str]) -> Iterator[dict]:
    """An employee that is gone after the test."""
    answer = send(client, "POST", "/employees", key, NEWCOMER)
    assert answer.status == 201, answer
    yield answer.json()
    client.request("DELETE", f"/employee/{answer.json()['id']}", key)


def test_creating_answers_201_with_the_whole_employee_and_its_address(client: Client, key: dict[str, str]) -> None:
    answer = send(client, "POST", "/employees", key, {**NEWCOMER, "skills": ["css"], "remote": True, "rating": 4.5})
    created = answer.json()
    try:
        assert answer.status == 201
        assert answer.header("location") == f"/employee/{created['id']}" == created["url"]
        assert client.request("GET", created["url"]).json() == created
        assert (created["slug"], created["salary"]) == ("soren-ostergaard-test", "4321.50")
        assert (created["skills"], created["remote"], created["rating"]) == (["css"], True, 4.5)
        assert (created["left_on"], created["manager_id"]) == (None, None)
        assert created["hired_on"] == "Sat, 01 Feb 2025 00:00:00 GMT"
        assert created["created_at"] == created["updated_at"]
    finally:
        assert client.request("DELETE", created["url"], key).status == 204


def test_a_second_person_of_the_same_name_gets_a_number(client: Client, key: dict[str, str], newcomer: dict) -> None:
    answer = send(client, "POST", "/employees", key, {**NEWCOMER, "email": "soren.second@example.com"})
    assert answer.json()["slug"] == "soren-ostergaard-test-2"
    client.request("DELETE", answer.json()["url"], key)


def test_a_taken_address_is_a_409(client: Client, key: dict[str, str], newcomer: dict) -> None:
    answer = send(client, "POST", "/employees", key, NEWCOMER)
    assert answer.status == 409
    assert answer.json()["error"]["message"] == "The e-mail address soren.test@example.com is taken."


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"first_name": ""}, {"first_name": ["Length must be between 1 and 60."]}),
        ({"email": "nobody"}, {"email": ["Not a valid email address."]}),
        ({"salary": "much"}, {"salary": ["Not a valid number."]}),
        ({"salary": -1}, {"salary": ["Must be greater than or equal to 0 and less than or equal to 10000000."]}),
        ({"department": "astrology"}, {"department": ["There is no department 'astrology'."]}),
        ({"manager_id": 4711}, {"manager_id": ["There is no employee 4711."]}),
        ({"manager_id": "2"}, {"manager_id": ["Not a valid integer."]}),
        ({"hired_on": "01.02.2025"}, {"hired_on": ["Not a valid date."]}),
        ({"left_on": "2020-01-01"}, {"left_on": ["Nobody leaves before being hired."]}),
        ({"skills": "css"}, {"skills": ["Not a valid list."]}),
        ({"title": None}, {"title": ["Field may not be null."]}),
        ({"nickname": "Sø"}, {"nickname": ["Unknown field."]}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_an_invalid_field_is_a_422_that_names_it(
    client: Client, key: dict[str, str], changes: dict, fields: dict
) -> None:
    answer = send(client, "POST", "/employees", key, {**NEWCOMER, **changes})
    assert answer.status == 422
    assert answer.json()["error"]["fields"] == fields


def test_every_missing_field_is_named(client: Client, key: dict[str, str]) -> None:
    answer = send(client, "POST", "/employees", key, {})
    assert answer.status == 422
    assert set(answer.json()["error"]["fields"]) == set(NEWCOMER)


def test_a_body_that_is_no_object_is_a_422(client: Client, key: dict[str, str]) -> None:
    answer = send(client, "POST", "/employees", key, [1, 2])
    assert answer.json()["error"]["fields"] == {"_schema": ["Invalid input type."]}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"{'a': 1}"])
def test_malformed_json_is_a_400(client: Client, key: dict[str, str], body: bytes) -> None:
    answer = client.request("POST", "/employees", {**key, "Content-Type": "application/json"}, body)
    assert answer.status == 400
    assert answer.json()["error"]["code"] == 400


def test_a_body_that_is_not_declared_as_json_is_a_415(client: Client, key: dict[str, str]) -> None:
    answer = client.request("POST", "/employees", {**key, "Content-Type": "text/plain"}, b"{}")
    assert answer.status == 415


def test_a_patch_changes_only_what_it_names(client: Client, key: dict[str, str], newcomer: dict) -> None:
    answer = send(client, "PATCH", newcomer["url"], key, {"salary": "5000", "phone": "+45 1"})
    assert answer.status == 200
    expected = {**newcomer, "salary": "5000.00", "phone": "+45 1", "updated_at": answer.json()["updated_at"]}
    assert answer.json() == expected


def test_a_patch_is_validated_too(client: Client, key: dict[str, str], newcomer: dict) -> None:
    assert send(client, "PATCH", newcomer["url"], key, {"rating": 9}).status == 422
    assert client.request("GET", newcomer["url"]).json() == newcomer


def test_a_put_replaces_everything(client: Client, key: dict[str, str], newcomer: dict) -> None:
    send(client, "PATCH", newcomer["url"], key, {"phone": "+45 1", "skills": ["css"]})
    replaced = send(client, "PUT", newcomer["url"], key, {**NEWCOMER, "department": "legal"}).json()
    assert (replaced["department"], replaced["phone"], replaced["skills"]) == ("legal", None, [])


def test_a_put_has_to_be_complete(client: Client, key: dict[str, str], newcomer: dict) -> None:
    assert send(client, "PUT", newcomer["url"], key, {"title": "x"}).status == 422


def test_times_with_a_zone_are_kept_in_utc(client: Client, key: dict[str, str], newcomer: dict) -> None:
    changes = {"last_review_at": "2025-01-05T10:00:00+02:00"}
    answer = send(client, "PATCH", newcomer["url"], key, changes)
    assert answer.json()["last_review_at"] == "Sun, 05 Jan 2025 08:00:00 GMT"


def test_deleting_answers_204_and_is_final(client: Client, key: dict[str, str], newcomer: dict) -> None:
    answer = client.request("DELETE", newcomer["url"], key)
    assert (answer.status, answer.body) == (204, b"")
    assert client.request("GET", newcomer["url"]).status == 404
    assert client.request("DELETE", newcomer["url"], key).status == 404


@pytest.mark.parametrize(
    ("method", "target"),
    [("POST", "/employees"), ("PUT", "/employee/1"), ("PATCH", "/employee/1"), ("DELETE", "/employee/1")],
)
def test_without_credentials_writing_is_a_401(client: Client, method: str, target: str) -> None:
    answer = send(client, method, target, {}, NEWCOMER)
    assert answer.status == 401
    assert answer.json()["error"]["message"] == "An X-Api-Key header or a bearer token is required."


def test_a_wrong_key_is_a_401(client: Client) -> None:
    assert send(client, "POST", "/employees", {"X-Api-Key": "guess"}, NEWCOMER).status == 401


def test_a_key_with_underscores_in_its_name_is_no_key(client: Client, key: dict[str, str]) -> None:
    """bridge row 2."""
    assert send(client, "POST", "/employees", {"X_Api_Key": key["X-Api-Key"]}, {}).status == 401


def test_an_editor_may_write_but_not_delete(client: Client, newcomer: dict) -> None:
    editor = bearer(client, "editor")
    assert send(client, "PATCH", newcomer["url"], editor, {"title": "Editor"}).status == 200
    answer = client.request("DELETE", newcomer["url"], editor)
    assert answer.status == 403
    assert answer.json()["error"]["message"] == "This needs the role admin."


def test_staff_may_not_write(client: Client, newcomer: dict) -> None:
    assert send(client, "PATCH", newcomer["url"], bearer(client, "staff"), {"title": "x"}).status == 403


def test_an_admin_may_delete(client: Client, newcomer: dict) -> None:
    assert client.request("DELETE", newcomer["url"], bearer(client, "demo")).status == 204
