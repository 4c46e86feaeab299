"""F9, F10: the process that takes a batch is killed in the middle of it."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.auditor import Auditor
from tests.world import World, change, order_body

ROOT = Path(__file__).resolve().parents[2]


def kill_at(place: str, world: World, database_url: str, changes: list[dict[str, Any]]) -> None:
    words = [sys.executable, "-m", "tests.faults.dying", database_url, world.company, place]
    ended = subprocess.run(words, cwd=ROOT, input=msgspec.json.encode(changes), check=False)
    assert ended.returncode == -signal.SIGKILL


def counts(world: World) -> tuple[int, ...]:
    tables = ("orders", "order_line", "receipt", "delivery", "conflict")
    found = [world.one(f"SELECT count(*) FROM {table}") for table in tables]
    return (*found, world.one("SELECT sum(reserved) FROM stock"))


@pytest.mark.parametrize("place", ["after_receipts", "before_write", "before_commit"])
def test_killed_before_the_commit_nothing_of_it_is_there(
    world: World, database_url: str, place: str
) -> None:
    auditor = Auditor(world)
    sent = [change(1, "order", "submit", order_body(world.stores[0], [("p001", 5), ("p002", 7)]))]
    kill_at(place, world, database_url, sent)
    assert counts(world) == (0, 0, 0, 0, 0, 0)
    verdicts, answer = world.push(world.carrier(), sent)
    assert (verdicts[0]["outcome"], answer.acknowledged_through) == ("applied", 1)
    assert not verdicts[0]["replayed"]
    assert counts(world) == (1, 2, 1, 1, 0, 12)
    assert auditor.look() == []


def test_killed_after_the_commit_it_is_there_once(world: World, database_url: str) -> None:
    sent = [change(1, "order", "submit", order_body(world.stores[0], [("p001", 5), ("p002", 7)]))]
    kill_at("after_commit", world, database_url, sent)
    assert counts(world) == (1, 2, 1, 1, 0, 12)
    verdicts, answer = world.push(world.carrier(), sent)
    assert (verdicts[0]["outcome"], answer.acknowledged_through) == ("applied", 1)
    assert verdicts[0]["replayed"]
    assert counts(world) == (1, 2, 1, 1, 0, 12)
