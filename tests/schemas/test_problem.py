"""The catalogue of problems: complete, unambiguous, and printable."""

import pytest

from schemas.problem import NEXT, PROBLEMS, Problem, problem, problems_table

NAMED_IN_THE_PROTOCOL = """
    not_authenticated wrong_device device_revoked device_in_use_elsewhere enrolment_code_unknown
    enrolment_code_expired too_many_attempts cursor_unknown cursor_foreign epoch_changed
    schema_unsupported body_damaged body_too_large too_deep encoding_unsupported not_json
    envelope_invalid batch_too_large method_not_allowed not_found forbidden csrf_failed
    database_unavailable server_busy internal load_rejected mapping_invalid
""".split()


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_a_status_a_sentence_a_remedy_and_a_next_step(code: str) -> None:
    row = PROBLEMS[code]
    assert code.isidentifier()
    assert code == code.lower()
    assert 400 <= row.status <= 599
    assert row.title.endswith(".")
    assert row.title[0].isupper()
    assert row.remedy.endswith(".")
    assert row.next in NEXT


def test_no_two_problems_say_the_same() -> None:
    titles = [row.title for row in PROBLEMS.values()]
    assert len(set(titles)) == len(titles)


def test_the_problems_of_the_protocol_are_all_there() -> None:
    assert set(NAMED_IN_THE_PROTOCOL) <= set(PROBLEMS)


def test_every_next_step_is_used_by_some_problem() -> None:
    assert {row.next for row in PROBLEMS.values()} == set(NEXT)


@pytest.mark.parametrize(
    ("code", "status", "next_step"),
    [
        ("cursor_unknown", 409, "verify"),
        ("cursor_foreign", 409, "verify"),
        ("epoch_changed", 409, "verify"),
        ("device_revoked", 403, "wipe"),
        ("not_authenticated", 401, "enrol"),
        ("body_too_large", 413, "split"),
        ("database_unavailable", 503, "retry"),
        ("internal", 500, "retry"),
    ],
)
def test_what_a_handheld_does_next_stands_in_the_answer(
    code: str, status: int, next_step: str
) -> None:
    told = problem(code)
    assert (told["status"], told["next"], told["code"]) == (status, next_step, code)


@pytest.mark.parametrize("code", PROBLEMS)
def test_whoever_is_told_to_come_back_because_of_us_is_told_when(code: str) -> None:
    row = PROBLEMS[code]
    if row.status in (429, 500, 503):
        assert row.retry_after_s
        assert row.next == "retry"
        assert Problem(code).headers["Retry-After"] == str(row.retry_after_s)
    else:
        assert "Retry-After" not in Problem(code).headers


def test_a_problem_carries_its_detail_and_members() -> None:
    errors = [{"path": "clock.wall", "says": "is missing"}]
    raised = Problem("envelope_invalid", "One field is wrong.", errors=errors)
    assert raised.status == 422
    assert raised.headers == {"Content-Type": "application/problem+json"}
    assert raised.body["detail"] == "One field is wrong."
    assert raised.body["errors"] == errors
    assert raised.body["type"] == "/docs/problems#envelope_invalid"
    assert str(raised) == "envelope_invalid: One field is wrong."


def test_the_waiting_time_can_be_given_for_the_occasion() -> None:
    assert Problem("server_busy", retry_after_s=2).headers["Retry-After"] == "2"


def test_a_code_outside_the_catalogue_is_a_mistake_in_our_program() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code")


def test_a_member_can_not_hide_one_of_the_catalogue() -> None:
    with pytest.raises(ValueError, match="remedy"):
        problem("internal", remedy="none")


def test_the_table_shows_every_problem_and_every_next_step_in_one_line_each() -> None:
    lines = problems_table().splitlines()
    for code, row in PROBLEMS.items():
        (line,) = [each for each in lines if each.startswith(f"| `{code}` |")]
        assert [cell.strip() for cell in line.strip("|").split("|")] == [
            f"`{code}`",
            str(row.status),
            row.title,
            row.remedy,
            f"`{row.next}`",
        ]
    for word in NEXT:
        assert sum(each.startswith(f"| `{word}` |") for each in lines) == 1
