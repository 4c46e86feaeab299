"""What an answer means: every problem of the catalogue, and answers that are none."""

import json

import pytest

from handhelds.reference.answers import SENTENCES, TRIED_AGAIN, Page, PushAnswer, Reply, judge, read
from schemas.problem import PROBLEMS

MEANS = {
    "retry": "later",
    "mend": "refused",
    "split": "refused",
    "verify": "verify",
    "enrol": "enrol",
    "wipe": "wipe",
    "login": "later",
}


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_of_the_catalogue_puts_the_handheld_into_a_state(code: str) -> None:
    row = PROBLEMS[code]
    body = {"title": row.title, "status": row.status, "code": code, "next": row.next}
    ending = judge(Reply(row.status, json.dumps(body | {"remedy": row.remedy}).encode()))
    assert ending is not None
    expected = "refused" if row.status == 500 else MEANS[row.next]
    if code == "device_in_use_elsewhere":
        expected = "set_back"  # enrolled again too, but as a new installation
    assert ending.state == expected
    assert row.remedy in ending.detail
    assert ending.state in SENTENCES


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 413, 500, 502, 503])
def test_an_answer_that_is_not_our_servers_changes_nothing_and_is_tried_again(status: int) -> None:
    for body in (b"<html>Log in to our Wi-Fi</html>", b"", b"null", b"[1]", b"\xff\xfe"):
        ending = judge(Reply(status, body))
        assert ending is not None
        assert ending.state == "later"
        assert ending.state in TRIED_AGAIN


def test_no_answer_is_a_cut_line() -> None:
    ending = judge(None)
    assert ending is not None
    assert ending.state == "cut"


def test_a_busy_servers_wish_to_wait_is_kept() -> None:
    ending = judge(Reply(503, b'{"next":"retry","title":"Busy."}', retry_after_s=30.0))
    assert ending is not None
    assert ending.retry_after_s == 30.0


def test_an_answer_cut_anywhere_is_no_answer() -> None:
    whole = b'{"verdicts":[],"acknowledged_through":4,"epoch":"e","server_time":"2026-11-21"}'
    assert read(Reply(200, whole), PushAnswer) is not None
    for at in range(len(whole)):
        assert read(Reply(200, whole[:at]), PushAnswer) is None


def page(**more: object) -> Page | None:
    body: dict[str, object] = {
        "epoch": "e",
        "complete": True,
        "cursor": "c",
        "server_time": "2026-11-21T00:00:00Z",
    }
    return read(Reply(200, json.dumps(body | more).encode()), Page)


@pytest.mark.parametrize(
    "more",
    [
        {"cursor": None},
        {"complete": False},
        {"rows": {"stock": {"columns": ["id", "version"], "data": []}}},
        {"rows": {"stock": {"columns": ["id", "scope", "version"], "data": [["a", "b"]]}}},
    ],
)
def test_a_page_that_could_not_be_kept_or_continued_is_not_whole(more: dict[str, object]) -> None:
    found = page(**more)
    assert found is not None
    assert not found.is_whole()


def test_a_page_may_know_more_than_we_do() -> None:
    found = page(rows={"survey": {"columns": ["x"], "data": [[1]]}}, motto="new")
    assert found is not None
    assert found.is_whole()
