"""What a newcomer reads: where things are, who can sign in, and what to try by hand."""

import shlex
import sys
from pathlib import Path

from rich.console import Console

from server.demo.company import PEOPLE, enrolment_code
from server.demo.stage import Stage


def greet(screen: Console, stage: Stage) -> None:
    """Everything is up: where to look while the day is played."""
    _say(screen, f"\n{stage.cast.name} is open.", "bold green")
    _say(screen, f"  Console            {stage.url}/office")
    for code, name, _, password in PEOPLE:
        if password:
            _say(screen, f"    {name:<28} user {code:<6} password {password}")
    _say(screen, f"  Delivery system    {stage.standin_url}/   (another program, its own database)")
    _say(screen, f"  HTTP interface     {stage.url}/docs")
    _say(screen, f"  Data               {stage.root}")
    _say(screen, "  These passwords are printed for everybody: this company is only for trying.")


def invite(screen: Console, stage: Stage) -> None:
    """A handheld of one's own: the very commands."""
    code = enrolment_code(stage.engine, stage.cast, "ben")
    store, goods = stage.cast.stores["ben"][3], stage.cast.goods
    home = stage.root / "handhelds" / "yours"
    verb = f"{shlex.quote(_program())} --home {shlex.quote(_near(home))}"
    order = f"order {store['code']} --line {goods[0]['code']}:1case --line {goods[1]['code']}:6"
    _say(screen, "\nTake a handheld yourself, in another terminal:", "bold")
    for words in (f"enrol {code} --server {stage.url}", "sync", "today", f"store {store['code']}",
                  order, "outbox", "sync", "verdicts"):  # fmt: skip
        _say(screen, f"  {verb} {words}")
    _say(screen, "Everything but enrol and sync works without a network. The code is good for 15")
    _say(screen, "minutes; for another one:")
    data = shlex.quote(_near(stage.settings.data_dir))
    folder = f"TALARIA_DATA_DIR=$PWD/{data}" if data[0] not in "/'" else f"TALARIA_DATA_DIR={data}"
    port = "" if stage.settings.port == 8080 else f" TALARIA_PORT={stage.settings.port}"
    _say(screen, f"  {folder}{port} {shlex.quote(_program('talaria'))} device code ben")
    _say(screen, f"\nWatch the board at {stage.url}/office. Ctrl-C stops everything.", "bold")


def _program(name: str = "talaria-handheld") -> str:
    """How to call one of our commands from here."""
    beside = Path(sys.executable).with_name(name)
    return _near(beside) if beside.exists() else name


def _near(path: Path) -> str:
    """A path as one types it: relative when it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _say(screen: Console, words: str, style: str = "") -> None:
    screen.print(words, style=style, highlight=False, markup=False, soft_wrap=True)
