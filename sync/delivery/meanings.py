"""What a delivery system's own words for statuses mean, as the office says.

A word that nobody explained parks every event that uses it (status.py). Given its meaning, those
events are taken, in one transaction for each depot: `begin` opens one and commits at its end.
"""

from datetime import datetime

from sync.delivery.status import Begin, replay_parked
from sync.life import WORDS
from sync.queries import meanings as queries

OURS = tuple(WORDS)
"""The words there are, in the order of an order's life."""


def give(
    begin: Begin, company_cell: int, target: str, word: str, means: str, by: str, now: datetime
) -> int:
    """Say what a word means and take what waited for it; return how many events that was.

    ValueError: `means` is none of OURS, or the word is one of them and needs no meaning.
    """
    if means not in WORDS:
        raise ValueError(f"{means!r} is no status of an order")
    word = word.strip()
    if word in WORDS:
        raise ValueError(f"{word!r} is a word of ours and means itself")
    if not word or len(word) > 64 or not word.isprintable():
        raise ValueError("a word is 1 to 64 printable characters")
    with begin() as conn:
        queries.set_meaning(conn, company_cell, target, word, means)
        cells = queries.field_cells(conn, company_cell)
    return replay_parked(begin, cells, by, now, target)


def forget(begin: Begin, company_cell: int, target: str, word: str) -> None:
    """Take a word's meaning away; what was taken by it stays as it is."""
    with begin() as conn:
        queries.set_meaning(conn, company_cell, target, word, None)
