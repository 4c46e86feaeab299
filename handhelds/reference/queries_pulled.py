"""The copy of the server's rows: pages are staged as they came and swapped in all at once.

One table a kind, with the columns of schemas/rows.py plus, where reps search, a folded text.
Arrays (an order's lines, a product's units) are kept as JSON text in their column. The tables are
made by queries_tables.py.
"""

# ruff: noqa: S608 - names of tables and columns come from schemas/rows.py, values are bound

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from handhelds.reference.answers import Page, Rows
from handhelds.reference.clock import Clock, instant
from handhelds.reference.device import Position
from handhelds.reference.queries_segments import Shelved
from handhelds.reference.queries_tables import ASIDE, SEARCHED
from schemas.rows import PARTS, ROWS

_GTIN = PARTS["product", "uoms"].index("gtin")
_encode = msgspec.json.Encoder().encode


def folded(text: str) -> str:
    """Text as searched: no case, no accents, width-neutral."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def _search_text(values: Iterable[Any]) -> str:
    """What a row is found by. Of a product's units, only the barcodes."""
    words: list[str] = []
    for value in values:
        if type(value) is list:
            words += [unit[_GTIN] for unit in value if unit[_GTIN]]
        elif value is not None:
            words.append(str(value))
    return folded(" ".join(words))


class Pulled:
    """The pulled rows of one handheld, in the attached database `copy`."""

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self.db, self.clock = db, clock
        self.shelf = Shelved(db)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction on the copy alone; its first statement takes that file's lock."""
        self.db.execute("BEGIN")
        try:
            self._mark("turn", None)
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def mark(self, name: str) -> Any:
        """A kept value of the copy, decoded; None when there is none."""
        found = self.db.execute("SELECT value FROM copy.mark WHERE name = ?", (name,)).fetchone()
        return None if found is None or found[0] is None else msgspec.json.decode(found[0])

    def _mark(self, name: str, value: Any) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO copy.mark VALUES (?, ?)", (name, _encode(value).decode())
        )

    def position(self) -> Position:
        return Position(self.mark("cursor"), self.mark("staged_page"))

    def stage(self, page: Page, body: bytes, answers: int) -> None:
        """Keep a page that is not the last, or whose segments are still to be fetched; losing the
        handheld now costs only this page.

        answers: how many verdicts were taken in so far.
        """
        with self._writing():
            if not self._has_staged():
                self._mark("staged_answers", answers)
            self.db.execute("INSERT INTO copy.staged (body) VALUES (?)", (body,))
            self._mark("staged_page", page.page)
            self._mark("staged_last", page.complete or None)
            if page.usable and not page.complete:
                self._mark("staged_usable", True)
            self.shelf.expect(page.segments)

    def _has_staged(self) -> bool:
        return self.db.execute("SELECT 1 FROM copy.staged LIMIT 1").fetchone() is not None

    def is_staged_whole(self) -> bool:
        """Whether the last page is staged, and only its segments were waited for."""
        return bool(self.mark("staged_last"))

    def forget_staged(self) -> None:
        with self._writing():
            self._unstage()

    def forget_cursor(self) -> None:
        """The next pull brings everything anew; until it is complete the old copy stays."""
        with self._writing():
            self._unstage()
            self._mark("cursor", None)

    def _unstage(self) -> None:
        for name in ("staged", "segment", "piece"):
            self.db.execute(f"DELETE FROM copy.{name}")
        for name in ("page", "answers", "last", "usable"):
            self._mark(f"staged_{name}", None)

    def swap_in(
        self, last: Page | None, answers: int, failpoint: Callable[[str], None]
    ) -> tuple[int, Page | None]:
        """Take the staged pages and the last one in, in one transaction; returns rows put and the
        last page.

        last: None when it is staged too. answers: how many verdicts were taken in so far. Work
        answered after this pull's first page was asked for may not be in it, and stays laid over
        the copy until the next one.
        """
        with self._writing():
            begun = self.mark("staged_answers")
            aside = self._empty() if self.mark("cursor") is None else {}
            rows, newest = self._apply_staged(failpoint)
            if last is not None:
                rows += self._apply(last)
            newest = last or newest
            self._grey(aside)
            self._unstage()
            if newest is not None:
                self._mark("cursor", newest.cursor)
                self._mark("directives", newest.directives)
                self._date(newest, answers if begun is None else begun)
            self._mark("partial", None)
            self._drop_greyed()
            failpoint("before_swap_commit")
        failpoint("after_swap_commit")
        return rows, newest

    def use_what_came(self) -> bool:
        """Take in what is staged of a first pull, once the server said that it is usable: the day
        can begin. It stays staged: the last page will bring all of it in again."""
        if not self.mark("staged_usable") or self.mark("cursor") is not None:
            return False
        if self.mark("server_time") is not None and self.mark("partial") is None:
            return False  # an older copy is here, and whole
        with self._writing():
            aside = self._empty()
            _, newest = self._apply_staged(lambda name: None)
            self._grey(aside)
            if newest is not None:
                self._date(newest, self.mark("staged_answers") or 0)
            stores = self.db.execute("SELECT count(*) FROM copy.store").fetchone()[0]
            self._mark("partial", {"stores": stores})
            self._mark("staged_usable", None)
        return True

    def _apply_staged(self, failpoint: Callable[[str], None]) -> tuple[int, Page | None]:
        """The staged pages in order; how many rows they put, and the last of them."""
        rows, page = 0, None
        for no, body in self.db.execute("SELECT no, body FROM copy.staged ORDER BY no"):
            del no
            page = msgspec.json.decode(body, type=Page)
            rows += self._apply(page)
            failpoint("between_pages")
        return rows, page

    def _date(self, page: Page, covered: int) -> None:
        """Remember how old the copy now is, and up to which verdict work is in it."""
        self._mark("covered", covered)
        self._mark("as_of", {**(self.mark("as_of") or {}), **page.as_of})
        self._mark("server_time", page.server_time)
        self._mark("pulled_at", instant(self.clock.now()))

    def _apply(self, page: Page) -> int:
        """One page in its order: scopes dropped, segments put, rows gone, rows put."""
        kept = self._scopes_of_unsent()
        self._drop(scope for scope in page.scopes.dropped if scope not in kept)
        for scope in page.scopes.dropped:
            if scope in kept:
                self.db.execute("INSERT OR IGNORE INTO copy.greyed VALUES (?)", (scope,))
        for scope in page.scopes.added:
            if self.db.execute("DELETE FROM copy.greyed WHERE scope = ?", (scope,)).rowcount:
                self._drop([scope])  # what was kept of it is older than what comes now
        prepared = (*(self.shelf.rows_of(one.id) for one in page.segments), *page.inside)
        number = sum(self._put_all(rows) for rows in prepared)
        for kind, ids in page.gone.items():
            if kind in ROWS:
                self.db.executemany(
                    f'DELETE FROM copy."{kind}" WHERE id = ?', ((one,) for one in ids)
                )
        return number + self._put_all(page.rows)

    def _put_all(self, rows: dict[str, Rows]) -> int:
        return sum(self._put(kind, part) for kind, part in rows.items() if kind in ROWS)

    def _put(self, kind: str, part: Rows) -> int:
        """Replace whole rows; columns we do not know are passed over, missing ones are empty."""
        places = [part.columns.index(n) if n in part.columns else None for n in ROWS[kind]]
        data: Iterable[list[Any]] = part.data
        if places != list(range(len(part.columns))):
            data = ([None if at is None else row[at] for at in places] for row in part.data)
        width = len(ROWS[kind])
        if kind in SEARCHED:
            at = [ROWS[kind].index(name) for name in SEARCHED[kind]]
            data = ([*row, _search_text(row[i] for i in at)] for row in data)
            width += 1
        values: Iterable[list[Any]] = (
            [_encode(v).decode() if type(v) in (list, dict) else v for v in row] for row in data
        )
        marks = ", ".join("?" * width)
        self.db.executemany(f'INSERT OR REPLACE INTO copy."{kind}" VALUES ({marks})', values)
        return len(part.data)

    def _drop(self, scopes: Iterable[str]) -> None:
        for scope in scopes:
            for kind in ROWS:
                self.db.execute(f'DELETE FROM copy."{kind}" WHERE scope = ?', (scope,))

    def _scopes_of_unsent(self) -> set[str]:
        """Scopes whose rows an unsent change refers to: those of its store."""
        found = self.db.execute("SELECT DISTINCT store FROM main.change WHERE outcome IS NULL")
        return {f"st:{row[0]}" for row in found}

    def _empty(self) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
        """Before a whole copy comes: drop every row. Returns scope -> kind -> rows of the scopes
        that unsent work refers to, for those the new copy will not hold."""
        aside: dict[str, dict[str, list[tuple[Any, ...]]]] = {
            scope: {
                kind: [
                    tuple(row)
                    for row in self.db.execute(
                        f'SELECT * FROM copy."{kind}" WHERE scope = ?', (scope,)
                    )
                ]
                for kind in ROWS
            }
            for scope in self._scopes_of_unsent()
        }
        for kind in ROWS:
            self.db.execute(f'DELETE FROM copy."{kind}"')
        self.db.execute("DELETE FROM copy.greyed")
        return aside

    def _grey(self, aside: dict[str, dict[str, list[tuple[Any, ...]]]]) -> None:
        """Put back, greyed, the scopes set aside that the whole copy did not bring."""
        for scope, kinds in aside.items():
            if self.db.execute("SELECT 1 FROM copy.store WHERE scope = ?", (scope,)).fetchone():
                continue
            self.db.execute("INSERT INTO copy.greyed VALUES (?)", (scope,))
            for kind, rows in kinds.items():
                width = len(ROWS[kind]) + (kind in SEARCHED)
                self.db.executemany(
                    f'INSERT OR IGNORE INTO copy."{kind}" VALUES ({", ".join("?" * width)})', rows
                )

    def drop_greyed(self) -> None:
        """Let go of scopes taken away from us once nothing unsent refers to them any more."""
        if self.db.execute("SELECT 1 FROM copy.greyed").fetchone():
            with self._writing():
                self._drop_greyed()

    def _drop_greyed(self) -> None:
        kept = self._scopes_of_unsent()
        greyed = [row[0] for row in self.db.execute("SELECT scope FROM copy.greyed")]
        answered = [scope for scope in greyed if scope not in kept]
        self._drop(answered)
        self.db.executemany("DELETE FROM copy.greyed WHERE scope = ?", ((s,) for s in answered))

    def wipe(self) -> None:
        """Drop everything, from the log and the file's free pages too. Unlike a pull, this must not
        be undone by a power cut: whoever asked for it is told that it was done."""
        self.db.execute("PRAGMA copy.synchronous = FULL")
        try:
            with self._writing():
                for kind in ROWS:
                    self.db.execute(f'DELETE FROM copy."{kind}"')
                for name in ASIDE:
                    self.db.execute(f"DELETE FROM copy.{name}")
            self.db.execute("VACUUM copy")
            self.db.execute("PRAGMA copy.wal_checkpoint(TRUNCATE)")
            with self._writing():
                pass  # a commit syncs the log, and with it that it is empty
        finally:
            self.db.execute("PRAGMA copy.synchronous = NORMAL")
