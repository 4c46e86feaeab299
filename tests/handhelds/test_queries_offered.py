"""What the server lost is offered again, however the loss shows, and nothing else is."""

import json

import pytest

from handhelds.reference.visit import Wanted
from tests.handhelds.conftest import Handheld

ANSWERED_AGAIN = 3
"""What the server lost."""


def take(handheld: Handheld, count: int = 1) -> None:
    for _ in range(count):
        handheld.rep.order("1042", [Wanted("904", "2")])


def known(handheld: Handheld) -> int:
    """How many orders the server holds."""
    return len(handheld.server.pushed("order"))


def pushes(handheld: Handheld) -> int:
    return sum(call.path.endswith("/push") for call in handheld.server.calls)


@pytest.fixture
def synced(handheld: Handheld) -> Handheld:
    """Five orders taken and answered, nothing waits."""
    take(handheld, 5)
    assert handheld.sync().state == "done"
    return handheld


def test_a_new_epoch_is_noticed_by_a_pull_alone_and_answered_in_one_sync(synced: Handheld) -> None:
    synced.server.forget(3, epoch="e-10")
    ending = synced.sync()
    assert (ending.state, ending.answered, known(synced)) == ("done", ANSWERED_AGAIN, 5)
    before = pushes(synced)
    assert synced.sync().state == "done"
    assert pushes(synced) == before  # and that was that


def test_a_lower_mark_in_a_pull_is_noticed_though_epoch_and_cursor_are_as_before(
    synced: Handheld,
) -> None:
    synced.server.forget(3)
    ending = synced.sync()
    assert (ending.state, ending.answered, known(synced)) == ("done", ANSWERED_AGAIN, 5)


def test_a_cursor_that_is_not_known_is_a_loss_too(synced: Handheld) -> None:
    synced.server.forget(3)
    synced.server.news.clear()
    ending = synced.sync()
    assert (ending.state, ending.answered, known(synced)) == ("done", ANSWERED_AGAIN, 5)


def test_work_answered_behind_work_that_waits_is_offered_too(synced: Handheld) -> None:
    take(synced)
    (waiting,) = synced.local.batch(1, 10**9, 0)
    with synced.local.writing():  # damaged on the disk: it never goes, and holds the mark down
        synced.local.db.execute("UPDATE main.change SET hash = x'00' WHERE id = ?", (waiting.id,))
    take(synced, 2)
    assert synced.sync().state == "done"
    assert (known(synced), synced.server.mark()) == (7, 5)
    synced.server.forget(2, epoch="e-10")
    assert synced.sync().state == "done"
    assert known(synced) == 7


def test_a_new_epoch_alone_is_reason_enough_though_the_mark_is_as_before(synced: Handheld) -> None:
    take(synced)
    (waiting,) = synced.local.batch(1, 10**9, 0)
    with synced.local.writing():
        synced.local.db.execute("UPDATE main.change SET hash = x'00' WHERE id = ?", (waiting.id,))
    take(synced, 2)
    assert synced.sync().state == "done"
    synced.server.forget(7, epoch="e-10")  # the mark was 5, and is
    take(synced)
    assert synced.sync().state == "done"
    assert known(synced) == 8


def test_a_loss_before_anything_was_pulled_again_loses_no_work(synced: Handheld) -> None:
    """Work pushed since the last pull is offered like that before it."""
    take(synced)
    synced.server.lose = {len(synced.server.calls) + 2}  # pushed, and the pull is lost
    assert synced.sync().state == "cut"
    synced.server.forget(2, epoch="e-10")
    assert synced.sync().state == "done"
    assert known(synced) == 6


def test_the_loss_is_remembered_when_the_offer_is_cut(synced: Handheld) -> None:
    synced.server.forget(3)
    synced.server.lose = {len(synced.server.calls) + 2}  # the pull tells, the offer is lost
    assert synced.sync().state == "cut"
    synced.server.forget(1)
    again = synced.reopen()
    assert again.sync().state == "done"
    assert known(again) == 5
    again.local.close()


def test_a_handheld_the_server_no_longer_knows_offers_everything_under_its_new_name(
    synced: Handheld,
) -> None:
    synced.server.forget(1, epoch="e-10")
    synced.server.device = "d-8aaa"  # enrolled anew: the old row is gone with the lost hours
    assert synced.enrol().state == "done"
    assert synced.sync().state == "done"
    assert known(synced) == 5
    numbers = [json.loads(call.body) for call in synced.server.calls if call.path.endswith("/push")]
    assert [one["n"] for one in numbers[-1]["changes"]] == [1, 2, 3, 4, 5]


def test_enrolled_anew_in_a_new_epoch_it_offers_what_the_old_one_answered(
    synced: Handheld,
) -> None:
    synced.server.forget(3, epoch="e-10")
    assert synced.enrol().state == "done"  # the same device: its secret was set back
    assert synced.sync().state == "done"
    assert known(synced) == 5


def test_what_was_answered_90_days_ago_is_let_go_by_the_servers_clock(synced: Handheld) -> None:
    synced.clock.on(91 * 86_400)
    synced.server.clock = synced.clock
    take(synced)
    assert synced.sync().state == "done"
    synced.server.forget(1, epoch="e-10")
    assert synced.sync().state == "done"
    assert known(synced) == 1


def sent(handheld: Handheld) -> list[int]:
    """The numbers of each change pushed so far."""
    pushed = [json.loads(one.body) for one in handheld.server.calls if one.path.endswith("/push")]
    return [change["n"] for one in pushed for change in one["changes"]]


def asked(handheld: Handheld) -> list[int]:
    """From which number on receipts were asked for, each time."""
    paths = [one.path for one in handheld.server.calls if "/receipts?" in one.path]
    return [int(path.rpartition("=")[2]) for path in paths]


def outcomes(handheld: Handheld) -> list[str | None]:
    return [row[0] for row in handheld.local.db.execute("SELECT outcome FROM change ORDER BY n")]


def test_what_the_mark_counts_is_compared_once_a_loss(synced: Handheld) -> None:
    synced.server.forget(6, epoch="e-10")  # nothing of ours was lost
    take(synced)
    assert synced.sync().state == "done"
    assert (sent(synced), asked(synced)) == ([1, 2, 3, 4, 5, 6], [1])
    take(synced)
    assert synced.sync().state == "done"
    assert (sent(synced)[6:], asked(synced)) == ([7], [1])


def test_what_was_decided_anew_is_told_and_shown(synced: Handheld) -> None:
    """A late copy of a push was decided by the server after it was put back: nobody heard it."""
    third = next(one for one in synced.server.receipts.values() if one["n"] == 3)
    third |= {"outcome": "held", "state": "held", "says": "A person decides."}
    synced.server.forget(6, epoch="e-10")
    ending = synced.sync()
    assert (ending.state, ending.answered, sent(synced)) == ("done", 1, [1, 2, 3, 4, 5])
    assert outcomes(synced) == ["applied", "applied", "held", "applied", "applied"]
    assert [one["id"] for one in synced.queries.unread()] == [third["id"]]


def test_what_the_mark_counts_and_the_server_lacks_goes_out_again(synced: Handheld) -> None:
    lacking = next(key for key, one in synced.server.receipts.items() if one["n"] == 2)
    synced.server.forget(6, epoch="e-10")
    del synced.server.receipts[lacking], synced.server.bodies[lacking]
    synced.server.mark = lambda: 5  # type: ignore[method-assign]
    assert synced.sync().state == "done"
    assert (sent(synced), known(synced)) == ([1, 2, 3, 4, 5, 2], 5)


def test_a_damaged_change_that_the_server_lacks_is_shown_and_holds_nothing_up(
    synced: Handheld,
) -> None:
    with synced.local.writing():
        synced.local.db.execute("UPDATE main.change SET hash = x'00' WHERE n = 2")
    lacking = next(key for key, one in synced.server.receipts.items() if one["n"] == 2)
    synced.server.forget(6, epoch="e-10")
    del synced.server.receipts[lacking], synced.server.bodies[lacking]
    synced.server.mark = lambda: 5  # type: ignore[method-assign]
    take(synced)
    assert synced.sync().state == "done"
    assert (sent(synced), synced.local.damaged()) == ([1, 2, 3, 4, 5, 6], [lacking])


def test_an_answer_that_the_disk_has_damaged_is_had_again(synced: Handheld) -> None:
    for nothing in ("x'ff'", "'{'", "NULL"):
        with synced.local.writing():
            synced.local.db.execute(f"UPDATE main.change SET verdict = {nothing} WHERE n = 2")
        synced.server.epoch += "0"
        ending = synced.sync()
        assert (ending.state, ending.answered, sent(synced)) == ("done", 1, [1, 2, 3, 4, 5])
    assert len(synced.queries.changes("outcome IS NOT NULL")) == 5


def test_receipts_come_in_parts_and_go_on_after_a_cut(synced: Handheld) -> None:
    synced.server.forget(6, epoch="e-10")
    synced.server.at_once = 2
    synced.server.lose = {len(synced.server.calls) + n for n in (4,)}  # pull, push, receipts, this
    assert synced.sync().state == "cut"
    assert asked(synced) == [1, 3]
    again = synced.reopen()
    assert again.sync().state == "done"
    assert asked(again) == [1, 3, 3, 5]
    again.local.close()


@pytest.mark.parametrize("enrolled_in", ["e-9", "e-10"])
def test_a_number_that_is_anothers_ends_the_name_before_anything_goes_out(
    synced: Handheld, enrolled_in: str
) -> None:
    """A copy of this handheld offered first what was lost, and went on under the same numbers; also
    where this one got its name in the new epoch already."""
    with synced.local.writing():
        enrolment = synced.local.fact("enrolment")
        synced.local.keep_fact("enrolment", enrolment | {"epoch": enrolled_in})
    fifth = next(one for one in synced.server.receipts.values() if one["n"] == 5)
    synced.server.forget(6, epoch="e-10")
    fifth["id"] = "01990000-0000-7000-8000-0000000000ff"
    assert synced.sync().state == "set_back"
    take(synced)
    assert synced.sync().state == "set_back"
    assert sent(synced) == [1, 2, 3, 4, 5]
    synced.server.device = "d-8aaa"
    synced.server.forget(1)
    assert synced.enrol().state == "done"
    assert synced.sync().state == "done"
    assert known(synced) == 6


def test_enrolled_anew_before_all_was_compared_everything_goes_out(synced: Handheld) -> None:
    synced.server.forget(6, epoch="e-10")
    synced.server.lose = {len(synced.server.calls) + 3}
    assert synced.sync().state == "cut"
    synced.server.device = "d-8aaa"
    synced.local.stop_being()
    synced.server.forget(1)
    with synced.local.writing():  # the epoch of the name it had is that of the new one
        enrolment = synced.local.fact("enrolment")
        synced.local.keep_fact("enrolment", enrolment | {"epoch": "e-10"})
    assert synced.enrol().state == "done"
    assert synced.sync().state == "done"
    assert known(synced) == 5
