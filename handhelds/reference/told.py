"""What every verb of the command line shares: the handheld opened, the answer shown."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from handhelds.reference import link, tables
from handhelds.reference.clock import MachineClock
from handhelds.reference.lease import locked
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Rep
from schemas.ids import uuid7


@dataclass
class Told:
    """What was said on the command line before the verb."""

    home: Path
    json: bool
    console: Console

    def show(self, screen: dict[str, Any], drawn: Any) -> None:
        """One screen, drawn or as JSON."""
        if self.json:
            typer.echo(json.dumps(screen, ensure_ascii=False, indent=1))
        else:
            tables.show(self.console, drawn)

    def asks(self) -> bool:
        """Whether a person can answer questions."""
        return not self.json and sys.stdin.isatty()


ALWAYS = frozenset({"enrol", "sync", "verify", "status", "outbox"})
"""Verbs that a locked handheld still has: what unlocks it, and what says how it stands."""
Verb = typer.Context
StoreArgument = Annotated[str, typer.Argument(help="The store's code.", metavar="STORE")]


@contextmanager
def opened(verb: Verb) -> Iterator[tuple[Told, Rep]]:
    """The handheld, open; what cannot be is said in one line, and nothing was saved then."""
    told: Told = verb.obj
    clock = MachineClock()
    local = Local(told.home, clock)
    try:
        why = None if verb.info_name in ALWAYS else locked(local)
        if why is not None:
            raise Refused(why)
        yield told, Rep(local, clock, uuid7)
    except (Refused, NotSaved, link.Busy) as no:
        if told.json:
            typer.echo(json.dumps({"error": str(no)}, ensure_ascii=False))
        else:
            typer.echo(f"{no}.", err=True)
        raise typer.Exit(1) from None
    finally:
        local.close()


def day_of(rep: Rep, text: str) -> date:
    """A day as typed: YYYY-MM-DD, today, tomorrow, +3."""
    if text in ("today", "tomorrow") or text.startswith("+"):
        ahead = {"today": "0", "tomorrow": "1"}.get(text, text[1:])
        if ahead.isdigit():
            return rep.pad.today() + timedelta(days=int(ahead))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text} is no day: write YYYY-MM-DD, today, tomorrow or +3") from None
