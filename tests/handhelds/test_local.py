"""What is kept on the disk, how surely, and what happens when it cannot be."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from handhelds.reference.answers import EnrolAnswer
from handhelds.reference.local import Local
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Rep, Wanted
from tests.handhelds.conftest import Handheld, handheld_in
from tests.handhelds.double import NOW, STORE, Clock, Double, ids

LINES = [Wanted("20041", "1", "case"), Wanted("904", "2")]
FULL, NORMAL = 2, 1
BEN = EnrolAnswer(
    "d-9", "s2", 18, "D18", {"code": "r08", "name": "Ben"}, {}, "e-9", NOW.isoformat()
)


def test_the_reps_work_is_written_through_to_the_disk(handheld: Handheld) -> None:
    db = handheld.local.db
    assert db.execute("PRAGMA main.synchronous").fetchone()[0] == FULL
    assert db.execute("PRAGMA copy.synchronous").fetchone()[0] == NORMAL
    for file in ("main", "copy"):
        assert db.execute(f"PRAGMA {file}.journal_mode").fetchone()[0] == "wal"


def test_nobody_else_on_the_machine_can_read_the_handheld(handheld: Handheld) -> None:
    home = handheld.local.home
    assert stat.S_IMODE(home.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((home / "field.sqlite").stat().st_mode) & 0o077 == 0


def test_a_full_disk_refuses_the_order_before_it_says_saved(handheld: Handheld) -> None:
    handheld.rep.order("1042", LINES)
    db = handheld.local.db
    pages = db.execute("PRAGMA main.page_count").fetchone()[0]
    db.execute(f"PRAGMA main.max_page_count = {pages}")
    with pytest.raises(NotSaved, match="NOT saved"):
        take_for_ever(handheld)
    saved = handheld.queries.changes()
    assert handheld.local.damaged() == []
    assert [change["raw"]["body"]["number"] for change in saved] == [
        f"D17-{n:06d}" for n in range(1, len(saved) + 1)
    ]
    db.execute("PRAGMA main.max_page_count = 1000000")
    assert handheld.rep.order("1042", LINES)["number"] == f"D17-{len(saved) + 1:06d}"
    assert handheld.sync().state == "done"
    assert len(handheld.server.pushed("order")) == len(saved) + 1


def take_for_ever(handheld: Handheld) -> None:
    for _ in range(200):
        handheld.rep.order("1042", LINES * 20)


def test_what_fails_inside_a_transaction_leaves_nothing_and_uses_up_no_number(
    handheld: Handheld,
) -> None:
    def fail(name: str) -> None:
        if name == "before_commit":
            raise RuntimeError("planted")

    handheld.local.failpoint = fail
    with pytest.raises(RuntimeError, match="planted"):
        handheld.rep.order("1042", LINES)
    handheld.local.failpoint = lambda name: None
    assert handheld.local.queue().pending == 0
    assert handheld.rep.order("1042", LINES)["number"] == "D17-000001"


def test_a_damaged_change_is_set_aside_and_the_others_go_out(handheld: Handheld) -> None:
    for _ in range(3):
        handheld.rep.order("1042", LINES)
    second = handheld.queries.changes()[1]["id"]
    handheld.local.db.execute(
        "UPDATE main.change SET raw = CAST(replace(raw, '20041', '20042') AS BLOB) WHERE id = ?",
        (second,),
    )
    assert handheld.local.damaged() == [second]
    assert handheld.sync().answered == 2
    assert [change["id"] for change in handheld.queries.changes()] == [second]
    assert handheld.server.mark() == 2, "the damaged change took no number"


def test_everything_is_there_after_closing_and_opening(handheld: Handheld) -> None:
    order = handheld.rep.order("1042", LINES)
    again = handheld.reopen()
    assert again.queries.row("order", order["id"]) == handheld_row(order)
    assert again.sync().state == "done"
    assert again.rep.order("1042", LINES)["number"] == "D17-000002"
    again.local.close()


def handheld_row(order: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in order.items() if name != "change"}


def test_an_order_is_saved_while_a_pull_is_being_swapped_in(
    handheld: Handheld, tmp_path: Path
) -> None:
    """The two files have locks of their own: a rep never waits for news."""
    saved: list[str] = []

    def meanwhile(name: str) -> None:
        if name == "before_swap_commit":
            thread = threading.Thread(target=order_elsewhere)
            thread.start()
            thread.join(5)
            assert saved, "the order waited for the pull"

    def order_elsewhere() -> None:
        other = Local(handheld.local.home, Clock())
        rep = Rep(other, Clock(), ids(50_000))
        saved.append(rep.order("1042", LINES)["number"])
        other.close()

    handheld.local.failpoint = meanwhile
    assert handheld.sync().state == "done"
    assert saved == ["D17-000001"]


def test_two_programs_saving_at_once_never_share_a_number(handheld: Handheld) -> None:
    numbers: list[str] = []

    def work(start: int) -> None:
        local = Local(handheld.local.home, Clock())
        rep = Rep(local, Clock(), ids(start))
        for _ in range(15):
            numbers.append(rep.order("1042", LINES)["number"])
        local.close()

    threads = [threading.Thread(target=work, args=(start,)) for start in (10_000, 20_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"D17-{n:06d}" for n in range(1, 31)]


def test_answered_changes_are_let_go_after_ninety_days_and_unanswered_never(
    handheld: Handheld,
) -> None:
    handheld.rep.order("1042", LINES)
    handheld.sync()
    kept = handheld.rep.order("1042", LINES)
    handheld.clock.on(91 * 86_400)
    handheld.rep.start_visit("1042")
    handheld.server.lose = {len(handheld.server.calls) + 1}
    handheld.sync()
    assert kept["change"] in [change["id"] for change in handheld.queries.changes()]
    handheld.sync()
    assert len(handheld.queries.changes("outcome IS NOT NULL")) == 2


def test_another_reps_code_is_refused_while_unsent_work_of_the_first_is_here(
    handheld: Handheld,
) -> None:
    handheld.rep.order("1042", LINES)
    assert handheld.local.keep_identity(BEN) == "unsent work of Ana is here: send it first"
    handheld.sync()
    assert handheld.local.keep_identity(BEN) is None
    assert handheld.queries.changes("1") == []
    assert handheld.queries.counts()["store"] == 0


def test_another_rep_never_sees_the_stores_of_the_one_before_even_if_cut_in_between(
    handheld: Handheld,
) -> None:
    def cut(name: str) -> None:
        raise RuntimeError(name)

    for cut_at in ("before_commit", "after_commit"):
        handheld.local.failpoint = lambda name, at=cut_at: cut(name) if name == at else None
        with pytest.raises(RuntimeError, match=cut_at):
            handheld.local.keep_identity(BEN)
        assert handheld.queries.counts()["store"] == 0


def test_after_a_wipe_no_file_holds_what_the_company_told(handheld: Handheld) -> None:
    handheld.rep.order("1042", LINES, note="before nine o'clock")
    handheld.sync()
    unsent = handheld.rep.order("877", LINES, note="at the back door")
    handheld.local.wipe()
    files = [path.read_bytes() for path in handheld.local.home.glob("*.sqlite*")]
    assert [
        word for word in (b"Hy-Vee", b"nine o'clock") if any(word in one for one in files)
    ] == []
    assert [one["id"] for one in handheld.queries.changes()] == [unsent["change"]]


def test_a_damaged_copy_can_be_thrown_away_and_fetched_anew(handheld: Handheld) -> None:
    handheld.rep.order("1042", LINES)
    handheld.local.close()
    for name in ("copy.sqlite", "copy.sqlite-wal", "copy.sqlite-shm"):
        (handheld.local.home / name).unlink(missing_ok=True)
    again = handheld_in(handheld.local.home, handheld.clock, handheld.server, 90_000)
    assert again.queries.counts()["store"] == 0
    assert again.local.queue().pending == 1
    assert again.sync().state == "done"
    assert again.queries.row("store", STORE) is not None
    assert len(again.server.pushed("order")) == 1
    again.local.close()


def test_the_clock_may_jump_and_nothing_is_lost_or_out_of_order(handheld: Handheld) -> None:
    for years in (-56, 73, 0):
        handheld.clock.wall = NOW.replace(year=NOW.year + years)
        handheld.rep.order("1042", LINES, deliver_on=NOW.date())
    handheld.clock.boot_id, handheld.clock.wall = "b-20", NOW.replace(year=1970)
    handheld.rep.order("1042", LINES)
    assert handheld.sync().answered == 4
    assert [body["number"][-1] for body in handheld.server.pushed("order")] == [
        *("1", "2", "3", "4")
    ]


def test_a_file_that_is_no_handheld_is_told_apart_at_once(tmp_path: Path) -> None:
    (tmp_path / "field.sqlite").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Local(tmp_path, Double().clock)
