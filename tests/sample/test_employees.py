"""Reading the directory."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from legacy.seed import EMPLOYEES
from tests.sample.client import Answer, Client

Get = Callable[..., Answer]

FIELDS = {
    "created_at", "department", "email", "first_name", "hired_on", "id", "last_name", "last_review_at", "left_on",
    "manager_id", "name", "phone", "rating", "remote", "salary", "skills", "slug", "title", "updated_at", "url",
}  # fmt: skip


def listed(get: Get, query: str) -> list[dict]:
    return get(f"/employees?{query}").json()["items"]


def test_an_employee_is_found_by_number(get: Get) -> None:
    answer = get("/employee/1")
    assert answer.status == 200
    assert set(answer.json()) == FIELDS
    assert answer.json()["slug"] == "grace-schmidt"


def test_an_employee_is_found_by_slug_with_the_same_body(get: Get) -> None:
    assert get("/employee/grace-schmidt").body == get("/employee/1").body


def test_json_has_sorted_keys_escapes_and_a_last_line_end(get: Get) -> None:
    body = get("/employee/39").body
    assert b"Ren\\u00e9e" in body
    assert body.endswith(b"}\n")
    keys = list(json.loads(body))
    assert keys == sorted(keys)


def test_a_decimal_is_text_with_two_places(get: Get) -> None:
    salary = get("/employee/1").json()["salary"]
    assert isinstance(salary, str)
    assert salary.partition(".")[2].isdigit()
    assert len(salary.partition(".")[2]) == 2


def test_dates_and_times_are_http_dates_without_microseconds(get: Get) -> None:
    employee = get("/employee/1").json()
    assert employee["created_at"] == "Mon, 04 Mar 2019 08:30:00 GMT"
    assert employee["hired_on"].endswith(" 00:00:00 GMT")


def test_what_is_not_known_is_null(get: Get) -> None:
    employees = listed(get, "per_page=100&sort=id")
    for name in ("phone", "rating", "left_on", "last_review_at", "manager_id"):
        values = [employee[name] for employee in employees]
        assert None in values, name
        assert any(value is not None for value in values), name


@pytest.mark.parametrize("number", ["0", "321000", "99999999999999999999"])
def test_an_unknown_number_is_a_json_404(get: Get, number: str) -> None:
    answer = get(f"/employee/{number}")
    assert answer.status == 404
    assert answer.json() == {"error": {"code": 404, "name": "Not Found", "message": f"There is no employee {number}."}}


@pytest.mark.parametrize("text", ["-5", "1.0", "1_000", "nobody-here", "%C3%BC", "abc%20def"])
def test_what_is_no_plain_number_is_taken_for_a_slug(get: Get, text: str) -> None:
    answer = get(f"/employee/{text}")
    assert answer.status == 404
    assert answer.json()["error"]["message"].startswith("There is no employee '")


def test_the_static_path_wins_over_the_slug(get: Get) -> None:
    assert get("/employee/me").status == 401


def test_a_list_is_a_page_of_twenty_by_last_name(get: Get) -> None:
    page = get("/employees").json()
    assert {name: page[name] for name in ("page", "per_page", "pages", "total", "next", "prev")} == {
        "page": 1,
        "per_page": 20,
        "pages": 16,
        "total": EMPLOYEES,
        "next": "/employees?page=2",
        "prev": None,
    }
    names = [item["last_name"] for item in page["items"]]
    assert len(names) == 20
    assert names == sorted(names)


def test_pages_follow_each_other_without_overlap(get: Get) -> None:
    target, seen = "/employees?per_page=50", []
    while target:
        page = get(target).json()
        seen += [item["id"] for item in page["items"]]
        target = page["next"]
    assert sorted(seen) == list(range(1, EMPLOYEES + 1))


def test_links_keep_the_query_and_are_a_header_too(get: Get) -> None:
    answer = get("/employees?department=design&per_page=5&page=2")
    following = "/employees?department=design&per_page=5&page=3"
    preceding = "/employees?department=design&per_page=5&page=1"
    assert (answer.json()["next"], answer.json()["prev"]) == (following, preceding)
    assert answer.header("link") == f'<{following}>; rel="next", <{preceding}>; rel="prev"'


def test_a_department_has_only_its_people(get: Get) -> None:
    page = get("/employees?department=legal&per_page=100").json()
    assert page["total"] == EMPLOYEES // 8
    assert {item["department"] for item in page["items"]} == {"legal"}


def test_an_unknown_department_is_an_empty_list(get: Get) -> None:
    answer = get("/employees?department=astrology")
    assert answer.status == 200
    assert answer.json()["items"] == []


@pytest.mark.parametrize("page", ["17", "0", "-1"])
def test_a_page_that_is_not_there_is_a_404(get: Get, page: str) -> None:
    assert get(f"/employees?page={page}").status == 404


@pytest.mark.parametrize("query", ["page=abc", "page=", "page=1.0", "page=1&page=3"])
def test_a_page_that_is_no_integer_counts_as_absent_and_the_first_one_counts(get: Get, query: str) -> None:
    assert get(f"/employees?{query}").json()["page"] == 1


def test_a_page_has_at_most_a_hundred(get: Get) -> None:
    page = get("/employees?per_page=100000").json()
    assert page["per_page"] == 100
    assert len(page["items"]) == 100


@pytest.mark.parametrize(("sort", "name"), [("salary", "salary"), ("hired_on", "hired_on"), ("id", "id")])
def test_sorting_backwards_is_the_reverse(get: Get, sort: str, name: str) -> None:
    forwards = [item[name] for item in listed(get, f"sort={sort}&per_page=3")]
    last = get("/employees?per_page=3").json()["pages"]
    backwards = [item[name] for item in listed(get, f"sort=-{sort}&per_page=3&page={last}")]
    assert forwards[:2] == backwards[::-1][:2]


def test_salaries_sort_as_numbers(get: Get) -> None:
    salaries = [float(item["salary"]) for item in listed(get, "sort=salary&per_page=100")]
    assert salaries == sorted(salaries)


def test_who_is_not_rated_comes_last_either_way(get: Get) -> None:
    for sort in ("rating", "-rating"):
        assert listed(get, f"sort={sort}&per_page=100")[0]["rating"] is not None
        assert listed(get, f"sort={sort}&per_page=100&page=4")[-1]["rating"] is None


def test_an_unknown_sort_is_a_400_that_names_the_choices(get: Get) -> None:
    answer = get("/employees?sort=password_hash")
    assert answer.status == 400
    assert "choose from hired_on, id, last_name, rating, salary" in answer.json()["error"]["message"]


@pytest.mark.parametrize("value", ["1", "true", "0", "false"])
def test_any_value_of_remote_means_true(get: Get, value: str) -> None:
    assert {item["remote"] for item in listed(get, f"remote={value}&per_page=100")} == {True}


def test_an_empty_remote_means_false(get: Get) -> None:
    assert {item["remote"] for item in listed(get, "remote=&per_page=100")} == {False}


def test_search_needs_every_word_in_any_column_and_any_case(get: Get) -> None:
    answer = get("/employees/search?q=GRACE%20schm&limit=50")
    assert answer.json()["query"] == "GRACE schm"
    assert "grace-schmidt" in [item["slug"] for item in answer.json()["items"]]
    for item in answer.json()["items"]:
        text = f"{item['first_name']} {item['last_name']} {item['email']} {item['title']}".lower()
        assert "grace" in text
        assert "schm" in text


def test_search_finds_letters_beyond_ascii(get: Get) -> None:
    items = get("/employees/search?q=M%C3%BCller").json()["items"]
    assert items
    assert {item["last_name"] for item in items} == {"Müller"}


@pytest.mark.parametrize("wildcard", ["%25", "_", "%25_%25"])
def test_wildcards_are_plain_characters_in_a_search(get: Get, wildcard: str) -> None:
    assert get(f"/employees/search?q={wildcard}").json()["count"] == 0


def test_search_is_limited(get: Get) -> None:
    assert get("/employees/search?q=e").json()["count"] == 10
    assert get("/employees/search?q=e&limit=3").json()["count"] == 3
    assert get("/employees/search?q=e&limit=99999").json()["count"] == 50


def test_search_without_words_is_a_400(get: Get) -> None:
    answer = get("/employees/search")
    assert answer.status == 400
    assert answer.json()["error"]["name"] == "Bad Request"


def test_who_is_rated_at_least_so_high(get: Get) -> None:
    answer = get("/employees/rated/4.5").json()
    assert answer["minimum"] == 4.5
    assert answer["count"] == len(answer["items"])
    assert min(item["rating"] for item in answer["items"]) >= 4.5


@pytest.mark.parametrize("text", ["4", "-1.5", "1e3", "nan"])
def test_what_is_no_float_in_flasks_eyes_is_a_404(get: Get, text: str) -> None:
    assert get(f"/employees/rated/{text}").status == 404


def test_reports_of_a_head_have_that_manager(get: Get) -> None:
    answer = get("/employee/2/reports").json()
    assert answer["manager"]["id"] == 2
    assert answer["count"] == len(answer["items"]) > 10
    assert {item["manager_id"] for item in answer["items"]} == {2}


def test_reports_of_nobody_are_a_404(get: Get) -> None:
    assert get("/employee/4711/reports").status == 404


def test_departments_have_head_counts_and_payrolls(get: Get) -> None:
    departments = get("/departments").json()["items"]
    assert [each["slug"] for each in departments] == sorted(each["slug"] for each in departments)
    assert len(departments) == 8
    working = [item for page in (1, 2, 3, 4) for item in listed(get, f"per_page=100&page={page}&sort=id")]
    working = [item for item in working if item["left_on"] is None]
    assert sum(each["headcount"] for each in departments) == len(working)
    cents = sum(round(float(item["salary"]) * 100) for item in working if item["department"] == "legal")
    legal = next(each for each in departments if each["slug"] == "legal")
    assert legal["payroll"] == f"{cents / 100:.2f}"


def test_head_is_get_without_the_body(client: Client) -> None:
    head, get = client.request("HEAD", "/employee/1"), client.request("GET", "/employee/1")
    assert (head.status, head.body) == (200, b"")
    assert head.header("content-length") == str(len(get.body))
    assert head.header("content-type") == "application/json"


def test_options_name_the_methods(client: Client) -> None:
    answer = client.request("OPTIONS", "/employee/1")
    assert answer.status == 200
    allowed = set((answer.header("allow") or "").split(", "))
    assert allowed == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"}


def test_a_wrong_method_is_a_json_405_with_allow(client: Client) -> None:
    answer = client.request("PUT", "/employees")
    assert answer.status == 405
    assert set((answer.header("allow") or "").split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert answer.json()["error"]["name"] == "Method Not Allowed"
