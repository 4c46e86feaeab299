"""Enrolment codes and the secrets of handhelds."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.problem import Problem
from server.access import devices
from server.access.devices import CODE_LETTERS, device_of, enrol, make_enrolment_code
from tests.world import World, build

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=1)


def make(world: World, rep: str = "r01", now: datetime = NOW) -> str:
    with world.begin() as conn:
        return make_enrolment_code(conn, world.company, rep, "user:admin", now)


def let_in(world: World, code: str, install: str = "i-1", **more: Any) -> dict[str, Any]:
    figures = {"now": NOW, "address": "10.0.0.1"} | more
    return enrol(world.engine, code, install, "ThinkPad", "reference 1.0", **figures)


def refusal(world: World, code: str, install: str = "i-1", **more: Any) -> str:
    with pytest.raises(Problem) as refused:
        let_in(world, code, install, **more)
    return refused.value.code


def test_a_code_is_forty_bits_in_two_groups_and_is_not_kept_as_such(world: World) -> None:
    code = make(world)
    assert re.fullmatch(rf"[{CODE_LETTERS}]{{4}}-[{CODE_LETTERS}]{{4}}", code)
    assert len(CODE_LETTERS) == 32
    kept = bytes(world.one("SELECT code_hash FROM enrolment"))
    assert code.encode() not in kept
    assert len(kept) == 32


def test_the_answer_is_that_of_the_protocol(world: World) -> None:
    answer = let_in(world, make(world))
    assert set(answer) == {
        "device", "secret", "no", "number_prefix", "rep", "company", "epoch", "schema",
        "server_time",
    }  # fmt: skip
    assert answer["rep"] == {"code": "r01", "name": "Ana"}
    assert (answer["no"], answer["number_prefix"]) == (2, "D2")  # the company had one before
    assert answer["server_time"] == NOW
    assert answer["epoch"] == world.one("SELECT epoch FROM incarnation")


def test_the_secret_names_the_handheld_and_is_kept_hashed(world: World) -> None:
    answer = let_in(world, make(world))
    with world.begin() as conn:
        found = device_of(conn, f"Bearer {answer['secret']}")
    assert (found.id, found.rep, found.cell, found.install) == (answer["device"], "r01", 2, "i-1")
    kept = bytes(world.rows("SELECT secret_hash FROM device WHERE id = %s", found.id)[0][0])
    assert answer["secret"].encode() not in kept


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer short", "Basic " + "a" * 43, "Bearer " + "a" * 43]
)
def test_any_other_secret_is_nobodys(world: World, header: str | None) -> None:
    with world.begin() as conn, pytest.raises(Problem) as refused:
        device_of(conn, header)
    assert refused.value.code == "not_authenticated"


def test_a_code_typed_carelessly_is_the_same_code(world: World) -> None:
    code = make(world)
    sloppy = " " + code.lower().replace("-", " ").replace("0", "o").replace("1", "l") + " "
    assert let_in(world, sloppy)["rep"]["code"] == "r01"


def test_the_same_code_and_install_give_a_fresh_secret_for_the_same_handheld(
    world: World,
) -> None:
    code = make(world)
    first, second = let_in(world, code), let_in(world, code)
    assert (first["device"], first["no"]) == (second["device"], second["no"])
    with world.begin() as conn:
        assert device_of(conn, f"Bearer {second['secret']}").id == first["device"]
        with pytest.raises(Problem):
            device_of(conn, f"Bearer {first['secret']}")


@pytest.mark.parametrize("heard", ["last_pull_at", "last_push_at"])
def test_a_late_copy_of_an_enrolment_does_not_lock_out_the_handheld(
    world: World, heard: str
) -> None:
    code = make(world)
    first = let_in(world, code)
    world.run(f"UPDATE device SET {heard} = %s", NOW + timedelta(seconds=1))
    assert refusal(world, code, now=NOW + timedelta(seconds=9)) == "enrolment_code_unknown"
    with world.begin() as conn:
        assert device_of(conn, f"Bearer {first['secret']}").id == first["device"]


def test_an_enrolment_whose_answer_was_lost_may_be_repeated_by_a_handheld_known_before(
    world: World,
) -> None:
    first = let_in(world, make(world))
    world.run("UPDATE device SET last_pull_at = %s", NOW - timedelta(seconds=1))
    code = make(world)
    let_in(world, code)
    assert let_in(world, code, now=NOW + timedelta(seconds=9))["no"] == first["no"]


def test_a_used_code_enrols_no_other_installation(world: World) -> None:
    code = make(world)
    let_in(world, code, "i-1")
    assert refusal(world, code, "i-2") == "enrolment_code_unknown"


def test_a_new_code_on_the_same_installation_keeps_the_handheld_and_its_outbox_valid(
    world: World,
) -> None:
    first = let_in(world, make(world))
    world_rows = "UPDATE device SET state = 'revoked', acknowledged_n = 7 WHERE id = %s"
    world.rows(world_rows + " RETURNING 1", first["device"])
    second = let_in(world, make(world))
    assert second["device"] == first["device"]
    kept = world.rows("SELECT state, acknowledged_n FROM device WHERE id = %s", first["device"])
    assert kept == [("enrolled", 7)]


def test_the_same_installation_in_another_reps_hands_is_another_handheld(world: World) -> None:
    first = let_in(world, make(world, "r01"))
    second = let_in(world, make(world, "r02"))
    assert first["device"] != second["device"]
    assert second["no"] == first["no"] + 1


def test_a_code_is_over_after_a_quarter_of_an_hour(world: World) -> None:
    code = make(world)
    assert refusal(world, code, now=NOW + timedelta(minutes=15)) == "enrolment_code_expired"


def test_a_code_is_burnt_after_five_tries(world: World) -> None:
    code = make(world)
    let_in(world, code, "i-1", address="10.0.0.1")
    for n in range(4):
        assert refusal(world, code, "i-2", address=f"10.0.1.{n}") == "enrolment_code_unknown"
    assert refusal(world, code, "i-1", address="10.0.0.9") == "enrolment_code_unknown"


def test_a_rep_who_left_gets_no_handheld(world: World) -> None:
    code = make(world)
    world.rows("UPDATE app_user SET state = 'left' WHERE code = 'r01' RETURNING 1")
    assert refusal(world, code) == "enrolment_code_unknown"
    with pytest.raises(LookupError):
        make(world)
    with pytest.raises(LookupError):
        make(world, "admin")  # no rep


def test_guessing_from_one_address_is_braked(world: World) -> None:
    made_up = random.Random(1)
    answers = [
        refusal(world, "".join(made_up.choices(CODE_LETTERS, k=8)), address="10.9.9.9")
        for _ in range(30)
    ]
    assert answers.count("enrolment_code_unknown") == devices.PER_ADDRESS.burst
    assert answers.count("too_many_attempts") == 30 - devices.PER_ADDRESS.burst


def test_guessing_from_many_addresses_is_braked_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "ALTOGETHER", devices.Rate(burst=20, per_s=1))
    answers = [refusal(world, "AAAA-AAAA", address=f"10.1.{n}.1") for n in range(30)]
    assert answers.count("enrolment_code_unknown") == 20


def test_enrolling_is_in_the_audit_trail_without_the_code_or_the_secret(world: World) -> None:
    code = make(world)
    answer = let_in(world, code)
    rows = world.rows("SELECT action, who, row_to_json(audit)::text FROM audit ORDER BY at, id")
    assert [row[0] for row in rows] == ["enrolment.code_made", "device.enrolled"]
    assert not any(code in row[2] or answer["secret"] in row[2] for row in rows)
