"""What a person reads: one line a change, one sentence on what to do next."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from server.feeds.load import Outcome
from server.feeds.plan import Change
from server.feeds.show import Bar, change_line, next_step, show, show_changes


def outcome(**more: int) -> Outcome:
    made = Outcome("stores", "stores.csv", bool(more.pop("dry_run", 0)))
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_change_names_each_field_from_old_to_new() -> None:
    assert change_line(Change("s1")) == "+ s1"
    fields = {
        "name": ("One", "Uno"), "city": (None, "Ames"), "price": (Decimal("1.5"), Decimal("2")),
        "at": (datetime(2026, 11, 21, 6, tzinfo=UTC), None),
    }  # fmt: skip
    assert change_line(Change("s1", fields)) == (
        "~ s1: name One -> Uno, city (empty) -> Ames, price 1.5 -> 2, "
        "at 2026-11-21 06:00 -> (empty)"
    )


@pytest.mark.parametrize(
    ("one", "strict", "says"),
    [
        (outcome(new=1), False, "Loaded. Handhelds get it with their next sync."),
        (outcome(same=1), False, "Everything was there already: nothing was written."),
        (outcome(new=1, rejected=1), False, "The good rows are loaded."),
        (outcome(new=1, rejected=1), True, "Nothing was loaded (--strict)."),
        (outcome(new=1, rejected=1, dry_run=1), False, "Nothing was written."),
    ],
)
def test_there_is_always_a_next_step(one: Outcome, strict: bool, says: str) -> None:
    assert next_step([one], strict).startswith(says)


def test_of_many_changes_the_first_are_shown_and_the_others_counted() -> None:
    console = Console(record=True, width=120)
    one = outcome(new=1_000, changed=1, dry_run=1)
    one.changes = [Change(f"n{n}") for n in range(900)] + [Change("c1", {"name": ("a", "b")})]
    with console.capture() as said:
        show_changes(console, one)
    lines = said.get().splitlines()
    assert lines[0] == "~ c1: name a -> b"
    assert len(lines) == 21
    assert lines[-1] == "... and 981 more"


def test_the_table_adds_up_and_says_would_on_a_dry_run() -> None:
    console = Console(width=120)
    with console.capture() as said:
        show(console, [outcome(read=1_234, new=1_000, same=200, rejected=34, dry_run=1)])
    words = said.get()
    assert "Would load" in words
    for count in ("1,234", "1,000", "200", "34"):
        assert count in words


def test_no_bar_is_drawn_where_nobody_looks() -> None:
    console = Console(width=80, force_terminal=False)
    with console.capture() as said, Bar(console) as bar:
        bar.tell("read", 0.5)
        bar.tell("written", 1.0)
    assert said.get().strip() == ""
