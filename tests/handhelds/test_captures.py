"""What a rep captures, act by act: the cases of sync/contract/captures on the reference."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from schemas.wire import BODIES, WIRE
from tests.handhelds.capture_acts import REFUSALS, VERBS, WARNINGS
from tests.handhelds.capture_chance import case_of
from tests.handhelds.captures import FOLDER, Case, cases, files, played, spelled
from tests.handhelds.shapes import shapes
from tests.handhelds.test_pwa import run
from tests.sync.cases import read

SEEDS = range(8)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_the_reference_handheld_captures_what_the_case_says(case: Case, tmp_path: Path) -> None:
    made = json.loads(json.dumps(played(case, tmp_path / "home")))
    for n, (act, then) in enumerate(zip(case["acts"], made, strict=True), 1):
        assert then == act["then"], f"act {n}: {act['do']}"


def test_every_case_file_is_of_the_agreed_shape() -> None:
    schema = Draft202012Validator(read("captures/_schema.json"))
    for path in files():
        content = read(f"captures/{path.name}")
        schema.validate(content)
        assert content["captures"] == path.stem
    names = [case["id"] for case in cases()]
    assert len(names) == len(set(names))
    for path in files():
        for case in read(f"captures/{path.name}")["cases"]:
            assert case["id"].startswith(f"{path.stem}.")


def changes() -> list[dict[str, Any]]:
    """Every change that the cases make."""
    return [
        change
        for case in cases()
        for act in case["acts"]
        if "changes" in act["then"]
        for change in act["then"]["changes"]
    ]


def test_every_change_of_the_cases_is_what_the_wire_takes() -> None:
    found = changes()
    assert len(found) > 100
    for change in found:
        told = WIRE["change"]().load({"n": 1} | change)
        BODIES[told["kind"], told["act"]]().load(msgspec.json.decode(told["body"]))


def test_every_change_a_rep_may_push_is_in_some_case() -> None:
    assert {(one["kind"], one["act"]) for one in changes()} == BODIES.keys()


def test_every_act_every_refusal_and_every_warning_is_in_some_case() -> None:
    acts = [act for case in cases() for act in case["acts"]]
    assert {act["do"] for act in acts} == VERBS.keys()
    refused = {act["then"]["refused"] for act in acts if "refused" in act["then"]}
    assert refused == REFUSALS.keys()
    shown = [act["then"] for act in acts if act["do"] in ("pad", "till")]
    warned = [
        name
        for one in shown
        for line in (*one.get("lines", ()), one)
        for name in line.get("warnings", ())
    ]
    assert set(warned) == WARNINGS.keys()


def test_the_files_are_spelled_as_the_program_writes_them() -> None:
    """So that a case written anew changes only its own lines."""
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert text == spelled(json.loads(text)) + "\n", path.name
    assert FOLDER.joinpath("_world.json").is_file()


def test_by_chance_both_handhelds_capture_the_same(tmp_path: Path) -> None:
    """Prices, promotions, plans and acts from a seed; the browser's handheld plays them in node."""
    chance = [case_of(seed) for seed in SEEDS]
    told = run(
        "tests/handhelds/pwa/captures_played.js",
        told="".join(json.dumps(case) + "\n" for case in chance),
    )
    answers = [json.loads(line) for line in told.splitlines()]
    assert len(answers) == len(chance)
    saved = 0
    for case, theirs in zip(chance, answers, strict=True):
        ours = json.loads(json.dumps(played(case, tmp_path / case["id"])))
        for n, (act, mine, made) in enumerate(zip(case["acts"], ours, theirs, strict=True), 1):
            assert mine == made, f"{case['id']}, act {n}: {act}"
            saved += len(mine.get("changes", ())) if isinstance(mine, dict) else 0
    assert saved > 5 * len(SEEDS)


def test_the_browser_knows_what_the_wire_lets_into_a_body() -> None:
    script = (
        "import { BODIES } from './handhelds/pwa/bodies.js'; console.log(JSON.stringify(BODIES));"
    )
    assert json.loads(run("--input-type=module", "--eval", script)) == shapes()
