"""Mass changes: when a count is an alarm, and what the clock counts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.running.jobs import JOBS, Turn
from sync.asking.watch import decide_mass
from sync.facts import Facts, Policy
from sync.rules.all import BY_NAME, PARAMS
from sync.sentences.words import sentence
from sync.subjects.watch import Mass
from tests.world import CELL, World, build, change

PATH = Path(__file__).parents[3] / "sync" / "contract" / "rules" / "watch" / "mass_change.json"
EXAMPLES = json.loads(PATH.read_text())
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def decided(case: dict[str, Any]) -> Any:
    raw = {**EXAMPLES["mass"], **case["mass"]}
    raw |= {"rows": int(raw["rows"]), "until": datetime.fromisoformat(raw["until"])}
    facts = Facts(NOW)
    facts.policies = tuple(
        Policy(one["rule"], one["choice"], {k: int(v) for k, v in one.get("params", {}).items()})
        for one in case.get("policy", ())
    )
    return decide_mass(Mass(**raw), facts, PARAMS)


@pytest.mark.rule(20)
@pytest.mark.parametrize("case", EXAMPLES["cases"], ids=lambda case: case["id"])
def test_an_example_comes_true(case: dict[str, Any]) -> None:
    found = decided(case)
    if case["expect"]["decision"] in (None, "let_pass"):
        assert found is None
    else:
        assert {"decision": found.decision, "owner": found.owner} == case["expect"], case["says"]
        assert found.private


def test_every_answer_of_the_rule_has_an_example() -> None:
    shown = {case["expect"]["decision"] for case in EXAMPLES["cases"]} - {None}
    assert shown == set(BY_NAME["mass_change"].answers)


def test_the_alarm_says_who_how_much_of_what_and_what_is_usual() -> None:
    found = decided(EXAMPLES["cases"][0])
    assert sentence(found) == (
        "Sue changed 350 of stores within 10 minutes; more than 200 is unusual. Nothing was "
        "undone: look at what it was."
    )


# --- what the clock counts -----------------------------------------------------------------------


class Fence:
    """Stands for the scheduler's lease."""

    def __init__(self, world: World) -> None:
        self.fenced = world.begin


@pytest.fixture
def world(engine: Engine) -> World:
    built = build(engine)
    limit(built, rows=20)
    return built


def limit(world: World, **params: int) -> None:
    world.run("DELETE FROM policy")
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, %s, 'company', 1, 'user:alma', 'mass_change', 'raise_alarm', %s)",
        uuid7(), json.dumps(params),
    )  # fmt: skip


def done(world: World, n: int, *, who: str = "user:sue", every_s: int = 1, count: int = 1) -> None:
    """n lines of the audit of somebody, the last just now."""
    world.run(
        """INSERT INTO audit (cell, id, at, who, action, subject, after)
           SELECT %s, gen_random_uuid(), now() - i * %s * interval '1 s', %s, 'stores.assigned',
                  'user/r01', json_build_object('count', %s::int)
           FROM generate_series(0, %s - 1) i""",
        CELL, every_s, who, count, n,
    )  # fmt: skip


def watched(world: World) -> list[Any]:
    job = next(one for one in JOBS if one.name == "watch")
    job.work(Turn("watch", Fence(world), datetime.now(UTC)))  # type: ignore[arg-type]
    return world.rows(
        "SELECT item, owner, subject, needs, scope, rep, says FROM conflict ORDER BY at, id"
    )


@pytest.mark.rule(20)
def test_somebody_who_changes_too_much_raises_one_alarm(world: World) -> None:
    done(world, 21)
    (alarm,) = watched(world)
    assert alarm[:6] == ("alarm", "supervisor", "user/sue", "office", "office", None)
    assert "changed 21 of stores within 10 minutes" in alarm[6]
    done(world, 30)
    assert len(watched(world)) <= 2  # at most another hour's, never one a minute
    assert len(watched(world)) == len(watched(world))


def test_as_much_spread_over_an_hour_is_work(world: World) -> None:
    done(world, 25, every_s=120)
    assert watched(world) == []


def test_one_line_that_says_many_counts_as_many(world: World) -> None:
    done(world, 1, count=21)
    assert len(watched(world)) == 1


def test_programs_do_as_much_as_they_like(world: World) -> None:
    done(world, 500, who="job:lapse_holds")
    assert watched(world) == []


def test_a_supervisors_doing_goes_to_the_administrator(world: World) -> None:
    world.run("UPDATE app_user SET roles = '{supervisor}' WHERE code = 'r02'")
    done(world, 21, who="user:r02")
    assert watched(world)[0][1] == "admin"


def test_a_handheld_is_counted_by_when_things_were_captured(world: World) -> None:
    """25 skipped visits in a minute are odd; a week's work sent at once is none."""

    def visits(n: int, first: int, apart: timedelta) -> None:
        now = datetime.now(UTC)
        changes = [
            change(
                first + i, "visit", "save",
                {"id": uuid7(), "store": world.stores[0], "state": "skipped", "reason": "closed"},
                captured={"wall": (now - (n - i) * apart).isoformat(), "monotonic_ms": 1,
                          "boot": "earlier"},
            )
            for i in range(n)
        ]  # fmt: skip
        world.push(world.carrier(), changes)

    visits(25, 1, timedelta(hours=2))
    assert watched(world) == []
    visits(25, 101, timedelta(seconds=2))
    alarms = [row for row in watched(world) if row[0] == "alarm"]
    assert [row[2] for row in alarms] == ["device/d-1"]


@pytest.mark.parametrize(("load_rows", "alarms"), [(0, 0), (4_000, 1), (6_000, 0)])
def test_loads_are_exempt_unless_they_have_a_threshold(
    world: World, load_rows: int, alarms: int
) -> None:
    limit(world, rows=20, load_rows=load_rows)
    world.run(
        """INSERT INTO load (cell, id, feed, file_name, sha256, by, began_at, rows_read, rows_new,
               rows_changed, rows_same, rows_rejected)
           VALUES (2, gen_random_uuid(), 'stores', 'stores.csv', 'x', 'erp', now(), 5000, 5000,
               0, 0, 0)"""
    )
    assert len(watched(world)) == alarms
