"""What a person sees of a load: a bar while it runs, then a table, and what to do next."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from server.feeds.load import Outcome
from server.feeds.plan import Change
from server.feeds.validate import Rejects

CHANGES_SHOWN = 20
REJECTS_SHOWN = 5


class Bar:
    """A bar for each step. The time left is what the last of the step's speed says, no more."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
            TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True,
            speed_estimate_period=20, disable=not console.is_terminal,
        )  # fmt: skip
        self._task: TaskID | None = None
        self._what = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        self._progress.stop()

    def tell(self, what: str, share: float) -> None:
        """(what is being done, how much of it, 0 to 1)."""
        if what != self._what or self._task is None:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task, self._what = self._progress.add_task(what, total=1.0), what
        self._progress.update(self._task, completed=share)


def show(console: Console, outcomes: Iterable[Outcome]) -> None:
    """The table of counts, and what is worth knowing about each file."""
    told = list(outcomes)
    table = Table(title="Would load" if any(one.dry_run for one in told) else "Loaded")
    table.add_column("feed", no_wrap=True)
    table.add_column("file", overflow="fold")
    for name in ("read", "new", "changed", "same", "bad", "s"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in told:
        counts = (one.read, one.new, one.changed, one.same, one.rejected)
        red = "[bold red]" if one.rejected else ""
        cells = [f"{count:,}" for count in counts]
        table.add_row(one.feed, escape(one.file), *cells[:4], red + cells[4], f"{one.seconds:.1f}")
    console.print(table)
    for one in told:
        for note in one.notes:
            console.print(f"{one.feed}: {escape(note)}", highlight=False)


def show_changes(console: Console, outcome: Outcome) -> None:
    """The first changes of a dry run: what is new, and each field from old to new."""
    told = sorted(outcome.changes, key=lambda one: one.fields is None)[:CHANGES_SHOWN]
    for one in told:
        console.print(change_line(one), highlight=False, markup=False)
    more = outcome.new + outcome.changed - len(told)
    if more > 0:
        console.print(f"... and {more:,} more", highlight=False)


def change_line(change: Change) -> str:
    """One change as one line."""
    if change.fields is None:
        return f"+ {change.key}"
    fields = ", ".join(
        f"{name} {_short(old)} -> {_short(new)}" for name, (old, new) in change.fields.items()
    )
    return f"~ {change.key}: {fields}"


def _short(value: Any) -> str:
    if value is None:
        return "(empty)"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)[:60]


def show_rejects(console: Console, rejects: Rejects, kept: Path | None) -> None:
    """The first rejected rows, and where the others are."""
    for line, field, value, remedy in rejects.first[:REJECTS_SHOWN]:
        at = f"line {line}, {field}"
        shown = f" {value!r}" if value else ""
        console.print(f"  {at}{shown}: {remedy}", highlight=False, markup=False)
    if kept is not None:
        console.print(f"  All of them, with what to do: {kept}", highlight=False, markup=False)


def next_step(outcomes: Iterable[Outcome], strict: bool) -> str:
    """One sentence on what to do now."""
    told = list(outcomes)
    rejected = sum(one.rejected for one in told)
    if any(one.dry_run for one in told):
        return "Nothing was written. Run it again without --dry-run to load."
    if rejected and strict:
        return "Nothing was loaded (--strict). Correct the rejected rows and load the file again."
    if rejected:
        return "The good rows are loaded. Correct the rejected rows and load the file again."
    if not any(one.new or one.changed for one in told):
        return "Everything was there already: nothing was written."
    return "Loaded. Handhelds get it with their next sync."
