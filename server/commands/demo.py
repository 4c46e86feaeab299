"""`talaria demo`: the company, everything it needs, and its day."""

import os
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from server import logs
from server.commands import told

PLANT_VARIABLE = "TALARIA_PLANT"


def demo(day: bool, data_dir: str, port: int) -> int:
    """Run the demo, or play and check its day; the exit code."""
    told.refuse_windows()
    logs.configure("demo", os.environ.get("TALARIA_LOG_LEVEL", "warning"))
    plant = os.environ.pop(PLANT_VARIABLE, "")
    with told.plainly():
        if day:
            return _day(data_dir, port, plant)
        raise told.fail("The demo that stays is not here yet: talaria demo --day")


def _day(data_dir: str, port: int, plant: str) -> int:
    """A fresh company each time; removed again unless its folder was named."""
    from server.demo.day import play
    from server.demo.stage import set_up
    from server.demo.timeline import Timeline

    root = Path(data_dir).absolute() if data_dir else Path(tempfile.mkdtemp(prefix="talaria-day-"))
    try:
        with set_up(root, max(port, 0), _fill, told.progress, plant) as stage:
            return 0 if play(stage, Timeline(Console())) else 1
    finally:
        if not data_dir:
            shutil.rmtree(root, ignore_errors=True)


def _fill(engine: Engine) -> None:
    from server.demo.generated import generate

    generate(engine)
