"""The session cases of the contract, played on the reference handheld; see sessions.py."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.page import EnrolAnswer, Page
from schemas.verdict import PushAnswer
from schemas.verify import VerifyAnswer
from tests.handhelds.sessions import (
    FOLDER,
    Case,
    Player,
    body_of,
    cases,
    difference,
    files,
    world,
)
from tests.sync.cases import read


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_the_reference_handheld_does_as_the_case_says(case: Case, tmp_path: Path) -> None:
    Player(tmp_path / "home").play(case)


def test_every_case_file_is_of_the_agreed_shape() -> None:
    schema = Draft202012Validator(read("sessions/_schema.json"))
    for path in files():
        schema.validate(read(f"sessions/{path.name}"))


def test_every_case_has_its_own_name_which_begins_with_its_files() -> None:
    names = [case["id"] for case in cases()]
    assert len(names) == len(set(names))
    for path in files():
        for case in read(f"sessions/{path.name}")["cases"]:
            assert case["id"].startswith(f"{path.stem}.")


def test_answers_of_the_cases_are_what_the_contract_lets_a_server_say() -> None:
    checked = 0
    shapes = {"enrol": EnrolAnswer, "push": PushAnswer, "pull": Page, "verify": VerifyAnswer}
    turns: list[tuple[str, Any]] = []
    for case in cases():
        if case["id"] == "pull.newer_server":
            continue  # the point of it: a server of tomorrow
        for step in case["steps"]:
            for verb in shapes.keys() & step.keys():
                turns += [(verb, turn) for turn in step[verb]["turns"]]
    for verb, turn in turns:
        answer = turn["answer"]
        if answer and "body" in answer and answer.get("status", 200) == 200:
            assert not shapes[verb]().validate(body_of(answer)), answer
            checked += 1
    assert checked > 50
    for name, shape in (("enrolment", EnrolAnswer), ("first_page", Page)):
        assert not shape().validate(world()["answers"][name])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [({"a": 1}, {}), ({"a": [1]}, {"a": [1, 2]}), ([{"a": 1}], [{"a": 2}]), ({"a": {}}, {"a": 3})],
)
def test_a_difference_is_found(wanted: object, found: object) -> None:
    assert difference(wanted, found) is not None


def test_a_case_that_is_untrue_fails(tmp_path: Path) -> None:
    case = next(case for case in cases() if case["id"] == "push.lost_reply")
    wrong = case | {"steps": [*case["steps"], {"expect": {"outbox": ["one left"]}}]}
    with pytest.raises(AssertionError, match=r"push\.lost_reply, step \d+: outbox"):
        Player(tmp_path / "home").play(wrong)


def test_there_is_a_folder_of_cases() -> None:
    assert len(cases()) >= 30, FOLDER
