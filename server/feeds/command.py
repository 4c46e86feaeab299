"""`talaria load FEED FILE`: a feed on the command line.

Exit code 0: every row is loaded or was there already. 2: some rows were rejected (they are in
FILE.rejects.csv; the good ones are loaded, unless --strict). 1: nothing could be loaded.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from server.feeds.all import load_all
from server.feeds.keep import keep_rejects
from server.feeds.load import FEEDS, Ask, Outcome, load
from server.feeds.mapping import ColumnMap, MappingProblem, find_mapping
from server.feeds.orders import File, load_orders
from server.feeds.plan import Refused
from server.feeds.read import Unreadable, open_path
from server.feeds.show import Bar, next_step, show, show_changes, show_rejects
from server.feeds.validate import Rejects

NAMES = (*FEEDS, "orders", "all")
OpenEngine = Callable[[], AbstractContextManager[Engine]]
STOPPED = "What was written whole stays, the rest is not there: the same command goes on with it."
TABS = {"tab": "\t", "\\t": "\t"}


@dataclass(slots=True)
class Desk:
    """Where one command's results go: rejects to files, words to the screen."""

    console: Console
    dry_run: bool
    outcomes: list[Outcome] = field(default_factory=list)
    rejects: list[tuple[Outcome, Path | None, Rejects]] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)

    def keep(self, path: Path | None, rejects: Rejects, outcome: Outcome) -> None:
        """Take in a file's outcome; its rejects are kept unless nothing may be written."""
        kept = None
        if path is not None and not self.dry_run:
            kept = keep_rejects(rejects, path, outcome.feed if path in self.seen else None)
            self.seen.add(path)
        self.outcomes.append(outcome)
        if rejects.rows:
            self.rejects.append((outcome, kept, rejects))

    def show(self, strict: bool) -> None:
        """Everything at the end."""
        if not self.outcomes:
            return
        if self.dry_run:
            for outcome in self.outcomes:
                show_changes(self.console, outcome)
        for outcome, kept, rejects in self.rejects:
            title = f"{outcome.rejected:,} rows of {outcome.file} were rejected:"
            self.console.print(title, highlight=False, markup=False)
            show_rejects(self.console, rejects, kept)
        show(self.console, self.outcomes)
        self.console.print(next_step(self.outcomes, strict))


def run_load(
    open_engine: OpenEngine, feed: str, file: Path | None, data: Path | None, where: str,
    lines: list[Path], delimiter: str | None, ask: Ask,
) -> int:  # fmt: skip
    """Load a file, or with feed "all" the folder `data`; show it, and return the exit code."""
    screen, errors = Console(), Console(stderr=True)
    problem = _usage(feed, file, data, lines)
    if problem:
        errors.print(problem, highlight=False, markup=False)
        return 1
    desk = Desk(screen, ask.dry_run)
    code = 0
    with ExitStack() as held:
        try:
            opened = [] if file is None else _open(feed, [file, *lines], where, delimiter, held)
            engine, bar = held.enter_context(open_engine()), held.enter_context(Bar(errors))
            if data is not None and feed == "all":
                load_all(engine, data, where, ask, desk.keep, bar.tell)
            else:
                for path, loaded, outcome in _load(engine, opened, ask, bar):
                    desk.keep(path, loaded.rejects, outcome)
        except MappingProblem as why:
            errors.print("The mapping does not fit:", highlight=False)
            for one in why.problems:
                errors.print(f"  {one}", highlight=False, markup=False)
            code = 1
        except (Unreadable, Refused) as why:
            errors.print(str(why), highlight=False, markup=False)
            code = 1
        except (OperationalError, psycopg.OperationalError, KeyboardInterrupt) as why:
            stopped = "The database stopped answering" if why.args else "Stopped"
            errors.print(f"{stopped}. {STOPPED}", highlight=False)
            code = 1
    desk.show(ask.strict)
    return code or (2 if any(one.rejected for one in desk.outcomes) else 0)


def _usage(feed: str, file: Path | None, data: Path | None, lines: list[Path]) -> str | None:
    if feed not in NAMES:
        return f"There is no feed {feed!r}; there is: {', '.join(NAMES)}."
    if feed == "all" and (data is None or file is not None):
        return "Name the folder: talaria load all --data FOLDER --map MAPPING."
    if feed != "all" and file is None:
        return f"Name the file: talaria load {feed} FILE --map MAPPING."
    if lines and feed != "orders":
        return "Only orders have lines: leave --lines out."
    return None


def _open(
    feed: str, paths: list[Path], where: str, delimiter: str | None, open_files: ExitStack
) -> list[tuple[Path, File]]:
    """Open the files, each with its mapping; after the first come the lines of orders."""
    opened: list[tuple[Path, File]] = []
    for path in paths:
        name = feed if not opened else "order_lines"
        mapping = where
        if name == "order_lines" and Path(where).is_file():
            mapping = str(Path(where).with_name("order_lines.toml"))
        columns = _delimited(find_mapping(mapping, name), delimiter)
        source = open_files.enter_context(open_path(path, columns.shape))
        opened.append((path, File(name, source, columns, open_files.enter_context(Rejects()))))
    return opened


def _load(
    engine: Engine, opened: list[tuple[Path, File]], ask: Ask, bar: Bar
) -> list[tuple[Path, File, Outcome]]:
    (_, first), rest = opened[0], [file for _, file in opened[1:]]
    if first.feed == "orders":
        outcomes = load_orders(engine, first, rest, ask, bar.tell)
    else:
        outcomes = [
            load(engine, first.feed, first.source, first.columns, ask, first.rejects, bar.tell)
        ]
    pairs = zip(opened, outcomes, strict=True)
    return [(path, file, outcome) for (path, file), outcome in pairs]


def _delimited(columns: ColumnMap, delimiter: str | None) -> ColumnMap:
    if delimiter is None:
        return columns
    return replace(columns, shape=replace(columns.shape, delimiter=TABS.get(delimiter, delimiter)))
