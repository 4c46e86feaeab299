"""Set back, copied, or merely in two places: told apart by the counter and the machine."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from server.access.devices import device_of, enrol, make_enrolment_code
from server.access.watch import MOST_BOOTS, boots_with, is_news, watch
from tests.world import World, build

NOW = datetime.now(UTC)


class Phone:
    """An enrolled handheld as the server sees it, asked from one machine or another."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.begin() as conn:
            code = make_enrolment_code(conn, world.company, "r01", "user:admin", NOW)
        self.secret = enrol(world.engine, code, "i-9", "m", "a", NOW, "10.0.0.1")["secret"]

    def asks(self, boot: str | None, *, reused: bool = False) -> str | None:
        with self.world.begin() as conn:
            device = device_of(conn, f"Bearer {self.secret}")
        if not is_news(device, boot, reused=reused):
            return None
        with self.world.begin() as conn:
            return watch(conn, device, boot, NOW, reused=reused)

    def state(self) -> tuple[str, str | None]:
        found = self.world.rows("SELECT state, trouble FROM device WHERE install = 'i-9'")[0]
        return found[0], found[1]


def test_a_machine_started_again_and_again_is_one(engine: Engine) -> None:
    phone = Phone(build(engine))
    assert [phone.asks(f"b-{n}") for n in (1, 1, 2, 3, 3, 4)] == [None] * 6
    assert phone.state() == ("enrolled", None)


def test_a_number_used_twice_on_one_machine_was_set_back(engine: Engine) -> None:
    phone = Phone(build(engine))
    phone.asks("b-1")
    assert phone.asks("b-2", reused=True) == "set_back"  # put back, and started again
    assert phone.asks("b-2", reused=True) is None  # told once
    assert phone.state() == ("enrolled", "set_back")
    told = phone.world.rows("SELECT action FROM audit WHERE who = 'server'")
    assert [row[0] for row in told] == ["device.set_back"]


def test_a_machine_that_comes_back_after_another_means_two(engine: Engine) -> None:
    phone = Phone(build(engine))
    assert [phone.asks(boot) for boot in ("b-1", "b-2", "b-1")] == [None, None, "two_machines"]
    assert phone.state() == ("enrolled", "two_machines")


def test_two_machines_and_a_number_used_twice_is_a_copy_and_both_must_enrol(
    engine: Engine,
) -> None:
    phone = Phone(build(engine))
    phone.asks("b-1")
    phone.asks("b-2", reused=True)
    assert phone.asks("b-1") == "cloned"
    assert phone.state() == ("locked", "cloned")


def test_enrolled_anew_nothing_is_held_against_it(engine: Engine) -> None:
    phone = Phone(build(engine))
    phone.asks("b-1", reused=True)
    with phone.world.begin() as conn:
        code = make_enrolment_code(conn, phone.world.company, "r01", "user:admin", NOW)
    enrol(phone.world.engine, code, "i-9", "m", "a", NOW, "10.0.0.1")
    assert phone.state() == ("enrolled", None)


def test_a_revoked_handheld_stays_revoked(engine: Engine) -> None:
    phone = Phone(build(engine))
    phone.world.run("UPDATE device SET state = 'revoked' WHERE install = 'i-9'")
    phone.asks("b-1")
    phone.asks("b-2")
    assert phone.asks("b-1", reused=True) == "cloned"
    assert phone.state()[0] == "revoked"


@given(st.lists(st.sampled_from("abcdefghijkl")))
def test_boots_are_each_there_once_the_last_one_last(seen: list[str]) -> None:
    boots: tuple[str, ...] = ()
    for boot in seen:
        before = boots
        boots, back = boots_with(boots, boot)
        assert boots[-1] == boot
        assert len(set(boots)) == len(boots) <= MOST_BOOTS
        assert back == (boot in before and before[-1] != boot)
