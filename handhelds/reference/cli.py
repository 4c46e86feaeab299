"""talaria-handheld: the rep's verbs on a command line, each working offline.

Interactive where a person sits at it (it asks before saving, offers last time's figures), plain
where a script does: with --json every verb prints one JSON document and asks nothing.
"""

import os
import platform
import sys
import time
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handhelds.reference import link, screens, screens_work, tables
from handhelds.reference.answers import SENTENCES, Call, Ending, Reply
from handhelds.reference.cli_edits import editing
from handhelds.reference.cli_needs import needs_app
from handhelds.reference.cli_orders import orders
from handhelds.reference.cli_till import till
from handhelds.reference.cli_work import work
from handhelds.reference.pad import Refused
from handhelds.reference.told import Told, Verb, day_of, opened
from handhelds.reference.verify import PROGRAM as APP
from handhelds.reference.verify import told as found
from handhelds.reference.visit import Rep
from schemas.ids import uuid7

FOR_EVER = 1_000_000
DOING = {"push": "Sending what waits", "verify": "Comparing your copy with the server's"}
app = typer.Typer(
    help="A rep's handheld: works without a network, syncs when there is one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(work)
app.add_typer(needs_app)
app.add_typer(orders)
app.add_typer(editing)
app.add_typer(till)


@app.callback()
def main_options(
    verb: Verb,
    home: Annotated[
        Path | None,
        typer.Option(envvar="TALARIA_HANDHELD_HOME", help="This handheld's folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, no questions.")] = (
        False
    ),
) -> None:
    place = home or Path(os.path.expanduser("~/.talaria-handheld"))
    width = None if sys.stdout.isatty() else 160
    verb.obj = Told(place, as_json, Console(width=width))


# --- with a network --------------------------------------------------------------------------


@app.command()
def enrol(
    verb: Verb,
    code: Annotated[str, typer.Argument(help="The code the office gave you.")],
    server: Annotated[str, typer.Option(help="The server's address.")] = "http://127.0.0.1:8080",
) -> None:
    """Make this handheld one of the company's."""
    with opened(verb) as (told, rep), closing(link.Wire(server)) as wire:
        ending = link.enrol(rep.local, wire.send, code, platform.node() or "laptop", APP)
        if ending.state != "done":
            # "Your work could not be read" would be no answer to a code that was mistyped.
            said = SENTENCES[ending.state] if ending.state != "refused" else "No."
            _say(told, rep, ending, said, wire)
            raise typer.Exit(2)
        with rep.local.writing():
            rep.local.keep_fact("server", server)
        _say(told, rep, ending, "This handheld is enrolled. Fetch your stores: `sync`.", wire)


@app.command()
def sync(
    verb: Verb,
    tries: Annotated[int, typer.Option(min=1, help="How often to try a bad line.")] = 4,
    server: Annotated[str | None, typer.Option(help="Another address of the server.")] = None,
    watch: Annotated[bool, typer.Option(help="Go on: whenever something waits.")] = False,
) -> None:
    """Send what waits and fetch what is new."""
    with opened(verb) as (told, rep), closing(link.Wire(_server(rep, server))) as wire:
        while True:
            ending = _synced(told, rep, wire, FOR_EVER if watch else tries)
            _say(told, rep, ending, SENTENCES[ending.state], wire)
            if ending.state != "done":
                raise typer.Exit(2)
            if not watch:
                return
            _wait_for_work(rep)


@app.command()
def verify(
    verb: Verb,
    tries: Annotated[int, typer.Option(min=1, help="How often to try a bad line.")] = 4,
    server: Annotated[str | None, typer.Option(help="Another address of the server.")] = None,
) -> None:
    """Compare your copy with the server's rows, and repair what is wrong. Happens every night."""
    with opened(verb) as (told, rep), closing(link.Wire(_server(rep, server))) as wire:
        ending = _synced(told, rep, wire, tries, why="asked")
        said = SENTENCES[ending.state]
        if ending.state == "done":
            said = found(rep.local.checked.said("result"))
        _say(told, rep, ending, said, wire)
        if ending.state != "done":
            raise typer.Exit(2)


def _synced(told: Told, rep: Rep, wire: link.Wire, tries: int, why: str | None = None) -> Ending:
    """One sync, its progress shown where somebody watches. why: verify at its end."""

    def tell(ending: Ending, wait_s: float) -> None:
        if not told.json:
            told.console.print(f"{SENTENCES[ending.state]} Next try in {wait_s:.0f} s.")

    with told.console.status("Syncing ...") if told.asks() else nullcontext() as shown:

        def send(call: Call) -> Reply | None:
            if shown is not None:
                wire.heard = lambda: shown.update(_so_far(call, rep, wire))
                wire.heard()
            return wire.send(call)

        return link.sync(rep.local, send, rep.clock, uuid7, tries=tries, tell=tell, why=why)


def _wait_for_work(rep: Rep) -> None:
    """Wait until something new waits to be sent, at most a minute: then there may be news."""
    before = rep.local.queue().pending
    for _ in range(60):
        time.sleep(1)
        if rep.local.queue().pending > before:
            return


def _so_far(call: Call, rep: Rep, wire: link.Wire) -> str:
    """How far a sync has come, for somebody who watches; and what can be worked with already."""
    sent, received = wire.sent_bytes / 1000, wire.received_bytes / 1000
    doing = DOING.get(call.path.rpartition("/")[2], "Fetching what is new")
    if call.tag is not None:
        have, there_are = rep.local.shelf.received()
        doing = f"Fetching what every rep carries, {have / 1000:.0f} of {there_are / 1000:.0f} kB"
    partial = rep.local.copy.mark("partial")
    ready = f"; ready to work with: {partial['stores']} stores" if partial else ""
    return f"{doing} ... {sent:.0f} kB sent, {received:.0f} kB received{ready}"


def _server(rep: Rep, given: str | None) -> str:
    kept = given or rep.local.fact("server")
    if kept is None:
        raise Refused("this handheld is not enrolled yet: ask the office for a code, then `enrol`")
    return str(kept)


def _say(told: Told, rep: Rep, ending: Ending, said: str, wire: link.Wire) -> None:
    """Say how a talk ended, and what the rep has to read then."""
    pending = rep.local.queue().pending
    if told.json:
        screen = {
            "state": ending.state,
            "says": said,
            "detail": ending.detail,
            "answered": ending.answered,
            "pages": ending.pages,
            "rows": ending.rows,
            "compared": ending.compared,
            "repaired": ending.repaired,
            "pending": pending,
            "partial": rep.local.copy.mark("partial"),
            "sent_bytes": wire.sent_bytes,
            "received_bytes": wire.received_bytes,
        }
        told.show(screen, None)
        return
    counts = {"answered": ending.answered, "rows fetched": ending.rows, "waiting": pending}
    figures = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    told.console.print(f"{said} ({figures})" if figures else said, highlight=False)
    if ending.compared and ending.repaired and said == SENTENCES["done"]:
        told.console.print(found(rep.local.checked.said("result")), highlight=False)
    if partial := rep.local.copy.mark("partial"):
        told.console.print(
            f"You can begin: {partial['stores']} stores are here; the others are still to come.",
            highlight=False,
        )
    if ending.detail and ending.state != "done":
        told.console.print(ending.detail, highlight=False, markup=False)
    if rep.local.fact("enrolment") and rep.queries.to_read():
        tables.show(told.console, tables.verdicts(screens_work.verdicts(rep, everything=False)))


# --- looking ---------------------------------------------------------------------------------


@app.command()
def status(verb: Verb) -> None:
    """Who this handheld is, what waits, how old its copies are."""
    with opened(verb) as (told, rep):
        screen = screens.status(rep, rep.local.fact("server"))
        told.show(screen, tables.status(screen))


@app.command()
def today(
    verb: Verb, day: Annotated[str | None, typer.Option(help="Another day, YYYY-MM-DD.")] = None
) -> None:
    """The day's stops in order."""
    with opened(verb) as (told, rep):
        screen = screens.today(rep, day_of(rep, day) if day else None)
        told.show(screen, tables.today(screen))


@app.command()
def stores(
    verb: Verb,
    words: Annotated[list[str] | None, typer.Argument(help="Parts of name, town, banner.")] = None,
    most: Annotated[int, typer.Option(help="At most so many.")] = 20,
) -> None:
    """Look for stores."""
    with opened(verb) as (told, rep):
        screen = screens.stores(rep, " ".join(words or ()), most)
        told.show(screen, tables.stores(screen))


@app.command()
def stock(
    verb: Verb,
    words: Annotated[list[str] | None, typer.Argument(help="Parts of name, code, brand.")] = None,
    at: Annotated[str | None, typer.Option(help="With the prices of this store.")] = None,
    most: Annotated[int, typer.Option(help="At most so many.")] = 20,
) -> None:
    """Stock of the day, and how old it is."""
    with opened(verb) as (told, rep):
        screen = screens.stock(rep, " ".join(words or ()), at, most)
        told.show(screen, tables.stock(screen))


@app.command()
def outbox(verb: Verb) -> None:
    """What waits to be sent."""
    with opened(verb) as (told, rep):
        screen = screens_work.outbox(rep)
        told.show(screen, tables.outbox(screen))


@app.command()
def undo(
    verb: Verb, what: Annotated[str, typer.Argument(help="An order number or a change's id.")]
) -> None:
    """Take back work that was not sent yet."""
    with opened(verb) as (told, rep):
        change_id = rep.undo(what)
        told.show({"undone": change_id}, f"{what} is undone.")


@app.command()
def verdicts(
    verb: Verb,
    everything: Annotated[bool, typer.Option("--all", help="Also what was read before.")] = False,
) -> None:
    """What became of your work, in sentences."""
    with opened(verb) as (told, rep):
        screen = screens_work.verdicts(rep, everything=everything)
        told.show(screen, tables.verdicts(screen))
        rep.local.mark_read(
            [one["id"] for one in screen["verdicts"]],
            [(one["id"], one["version"]) for one in screen["notices"]],
        )


def main() -> None:
    """The command `talaria-handheld`."""
    app()


if __name__ == "__main__":
    main()
