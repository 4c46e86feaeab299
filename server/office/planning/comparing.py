"""Two plans side by side, or a plan and what is published: what each comes to, who moves. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.office.planning.board import SKIPPED, Board
from server.office.planning.cards import Card

Days = tuple[date, ...]


@dataclass(frozen=True)
class Side:
    """What one plan comes to, for one rep or all. `due`: as far as the plan knows (what is
    published only knows its visits)."""

    visits: int
    due: int
    drive_min: float
    work_min: float
    longest_min: float
    over_days: int
    faults: int


@dataclass(frozen=True)
class Moved:
    """A store that is seen on other days. Days that both have are left out."""

    rep: str
    store: str
    name: str
    city: str
    before: Days
    after: Days


@dataclass(frozen=True)
class Pair:
    """One rep in both plans; `first` is what it is compared with."""

    rep: str
    name: str
    first: Side
    second: Side
    moved: tuple[Moved, ...]


def side(boards: Iterable[Board]) -> Side:
    """What the boards of a plan come to together."""
    sums = [board.sums for board in boards]
    return Side(
        sum(one.visits for one in sums),
        sum(one.due for one in sums),
        sum(one.drive_min for one in sums),
        sum(one.work_min for one in sums),
        max((one.longest_min for one in sums), default=0.0),
        sum(one.over_days for one in sums),
        sum(one.faults for one in sums),
    )


def pairs(first: Sequence[Board], second: Sequence[Board]) -> list[Pair]:
    """Reps that both have boards of, by name."""
    others = {board.setting.rep: board for board in second}
    return [
        Pair(
            one.setting.rep, one.setting.name, side([one]), side([others[one.setting.rep]]),
            tuple(moved(one, others[one.setting.rep])),
        )
        for one in first
        if one.setting.rep in others
    ]  # fmt: skip


def moved(first: Board, second: Board) -> list[Moved]:
    """Stores whose days differ, by name; a day both plans have is no difference."""
    was, is_ = _days(first), _days(second)
    cards = {card.store: card for board in (first, second) for card in _cards(board)}
    found = []
    for store, card in cards.items():
        before, after = was.get(store, set()), is_.get(store, set())
        if before != after:
            found.append(
                Moved(
                    first.setting.rep, store, card.name, card.city,
                    tuple(sorted(before - after)), tuple(sorted(after - before)),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.name, one.store))


def _cards(board: Board) -> list[Card]:
    return [*(one.card for day in board.days for one in day.cards), *board.lost]


def _days(board: Board) -> dict[str, set[date]]:
    days: dict[str, set[date]] = {}
    for card in _cards(board):
        if card.day is not None and card.state != SKIPPED:
            days.setdefault(card.store, set()).add(card.day)
    return days
