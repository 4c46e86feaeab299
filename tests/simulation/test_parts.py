"""Firms side by side: each is asked for its share, and they are told of as one."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.simulation import parts
from tests.simulation.parts import APART, Until, replay, side_by_side
from tests.simulation.verdict import Told, summed

TOLD = Told(
    seed=7, devices=52, changes=900, requests=300, faults={"late": 3, "die_in_push": 2},
    wrong={"lost": [], "stuck": []}, slowest_rounds=1, slowest_ms=80.0, push_ms=[5.0, 9.0],
    seconds=30.0, processor_s=25.0, history="abc", steps=400,
)  # fmt: skip
ASKED = argparse.Namespace(
    seed=7, parts=2, devices=105, changes=1801, steps=None, seconds=None, faults=0.25
)


def test_a_firm_is_over_by_its_acts_its_changes_or_its_time() -> None:
    assert Until(steps=4).share(3, 10_000, 9e9) == 0.75
    assert Until(changes=200).share(3, 201, 0.0) > 1
    assert Until(seconds=10.0).share(10_000, 10_000, 5.0) == 0.5
    assert Until(steps=0).share(0, 0, 0.0) == 1


def test_what_two_firms_were_is_added_and_nothing_wrong_is_left_out() -> None:
    other = replace(
        TOLD, seed=8, faults={"late": 1, "full": 1}, wrong={"lost": ["c1 is lost"], "stuck": []},
        slowest_rounds=-1, slowest_ms=20.0, push_ms=[7.0], seconds=40.0, history="def",
    )  # fmt: skip
    both = summed([TOLD, other])
    assert (both.devices, both.changes, both.steps) == (104, 1800, 800)
    assert both.faults == {"late": 4, "die_in_push": 2, "full": 1}
    assert (both.bad, both.wrong["lost"], both.kills) == (1, ["c1 is lost"], 2)
    assert (both.slowest_rounds, both.slowest_ms, both.seconds) == (-1, 80.0, 40.0)
    line = both.line()
    said = ["seed 7", "devices 104", "changes 1800", "faults 7 of 3 kinds", "kills 2", "lost 1",
            "stuck 0", "p50 7.0 ms", "processor 50 s", "history abc+def"]  # fmt: skip
    assert [words for words in said if words not in line] == []
    assert "c1 is lost" in both.told_wrong()


def _writes(told: Told) -> list[str]:
    """A program that is told where to write what it played, as a part is."""
    text = msgspec.json.encode(told).decode()
    return [sys.executable, "-c", f"import sys; open(sys.argv[1], 'w').write({text!r})"]


def test_each_part_gets_its_share_and_its_own_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def command(given: argparse.Namespace, no: int, file: Path) -> list[str]:
        asked.append(own(given, no, file))
        wrong = {"lost": ["c1 is lost"] * no, "stuck": []}
        return [*_writes(replace(TOLD, seed=7 + no * APART, wrong=wrong)), str(file)]

    own = parts._command
    monkeypatch.setattr(parts, "_command", command)
    told, again = side_by_side(ASKED)
    assert (told.changes, told.bad) == (1800, 1)
    assert again == replay(7 + APART, 53, 0.25, 400)
    for words, seed in zip(asked, (7, 7 + APART), strict=True):
        said = dict(zip(words[3::2], words[4::2], strict=True))
        assert (said["--seed"], said["--devices"], said["--changes"]) == (str(seed), "53", "901")
        assert said["--parts"] == "1"


def test_a_part_that_breaks_off_is_not_counted_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_command", lambda *_: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="broke off"):
        side_by_side(ASKED)
