"""Answers to an item that says two receipts may be the same money: two payments, or one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from sync.desk import money
from sync.queries.inbox import ItemRow

if TYPE_CHECKING:
    from sync.desk.answer import Given


def paid(in_two: bool) -> "Callable[[Connection, int, ItemRow, Given], str | None]":
    """Two: the receipt is a payment of its own. One: it is not booked, and the rep reads why."""

    def do(conn: Connection, cell: int, item: ItemRow, given: "Given") -> str:
        from sync.desk.answer import NotOffered, TooLate  # answer.py names this among its answers

        ids = [(item.subject or "").removeprefix("collection/")]
        if in_two:
            moved, told = money.clear(conn, cell, ids, given.by, given.now, address=given.address)
        elif not given.note:
            raise NotOffered("to leave it out of the books, say why: the rep reads it")
        else:
            moved, told = money.moved_by(
                conn, cell, ids, "refuse", given.by, given.now, reason=given.note,
                address=given.address,
            )  # fmt: skip
        if not moved.done:
            raise TooLate("passed")
        given.entries += told
        return "two payments" if in_two else "not booked"

    return do
