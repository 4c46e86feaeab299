"""`talaria demo`: the company, everything it needs, and its day."""

import os
import shutil
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

import server.demo
from server import logs
from server.commands import told
from server.demo import welcome

PLANT_VARIABLE = "TALARIA_PLANT"
DONE = "day-played"
LAST_DAY = date(2022, 6, 30)
"""The day of the last order in the record."""


def demo(day: bool, data_dir: str, port: int) -> int:
    """Run the demo, or play and check its day; the exit code."""
    told.refuse_windows()
    logs.configure("demo", os.environ.get("TALARIA_LOG_LEVEL", "warning"))
    plant = os.environ.pop(PLANT_VARIABLE, "")
    with told.plainly():
        return _day(data_dir, port, plant) if day else _stay(data_dir, port, plant)


def _day(data_dir: str, port: int, plant: str) -> int:
    """A fresh company each time; removed again unless its folder was named."""
    from server.demo.day import play
    from server.demo.stage import set_up
    from server.demo.timeline import Timeline

    root = Path(data_dir).absolute() if data_dir else Path(tempfile.mkdtemp(prefix="talaria-day-"))
    if (root / "handhelds").exists():
        raise told.fail(f"A day was played in {root} already: name an empty folder.")
    began_s = time.monotonic()
    try:
        with set_up(root, max(port, 0), _fill, told.progress, plant) as stage:
            well = play(stage, Timeline(Console()))
    finally:
        if not data_dir:
            shutil.rmtree(root, ignore_errors=True)
    told.progress(f"Everything has stopped again; {time.monotonic() - began_s:.0f} s in all")
    return 0 if well else 1


def _stay(data_dir: str, port: int, plant: str) -> int:
    """Everything up until Ctrl-C; the day is played the first time."""
    from server.demo import afternoon
    from server.demo.day import play
    from server.demo.stage import set_up
    from server.demo.timeline import Timeline

    root = Path(data_dir or "var/demo").absolute()
    screen, well = Console(), True
    with set_up(root, 8080 if port < 0 else port, _fill, told.progress, plant) as stage:
        welcome.greet(screen, stage)
        if (root / DONE).exists():
            told.progress(f"The day was played here on {(root / DONE).read_text().strip()};")
            told.progress(f"`talaria demo --day` plays it anew. To begin anew here: rm -r {root}")
        else:
            (root / DONE).write_text(f"{datetime.now().astimezone():%Y-%m-%d at %H:%M}\n")
            well = play(stage, Timeline(screen))
        if not stage.supervisor.stopping.is_set():
            afternoon.every_day(stage)
            welcome.invite(screen, stage)
            stage.supervisor.stopping.wait()
    return 0 if well else 1


def _fill(engine: Engine) -> None:
    """The record in server/demo/data, moved by whole weeks so that its last order is recent."""
    from server.feeds.all import load_all
    from server.feeds.load import Ask
    from server.feeds.show import Bar

    folder = Path(server.demo.__path__[0]) / "data"
    weeks = (datetime.now(UTC).date() - LAST_DAY).days // 7
    ask = Ask("command line: demo", shift_days=weeks * 7)
    with Bar(Console(stderr=True)) as bar:
        outcomes = load_all(engine, folder, "iowa", ask, lambda *told: None, bar.tell)
    for one in outcomes:
        told.progress(f"  {one.feed}: {one.new:,} rows")
