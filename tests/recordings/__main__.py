"""`python -m tests.recordings`: record the day of the newest version, before the next is made.

Refuses to write over a recording: what a version was told is told. With it the wire of the version
is pinned (pins.py); `python -m tests.recordings pin VERSION` does that alone.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from schemas.versions import NEWEST
from server.app import create_app
from server.database import make_engine
from server.settings import load
from tests.conftest import chosen_programs, fresh_database
from tests.recordings.day import play
from tests.recordings.pins import pin
from tests.recordings.player import Recorder, Step
from tests.recordings.world import Clock, pinned, recorded_world

FOLDER = Path(__file__).parent


def recording(version: int) -> Path:
    return FOLDER / f"version_{version}.jsonl"


def read(version: int) -> list[Step]:
    """The steps of a recording."""
    return [json.loads(line) for line in recording(version).read_text().splitlines()]


def recorded() -> list[int]:
    """The versions whose day was recorded."""
    return sorted(int(path.stem.partition("_")[2]) for path in FOLDER.glob("version_*.jsonl"))


@contextmanager
def made(engine: Engine, database_url: str, version: int) -> Iterator[list[Step]]:
    """The steps of a day played on a world of its own."""
    with tempfile.TemporaryDirectory() as data:
        app = create_app(load({"TALARIA_DATA_DIR": data, "DATABASE_URL": database_url}), engine)
        clock = Clock()
        with app.test_client() as client, pinned(clock):
            line = Recorder(client, recorded_world(engine), clock)
            play(line, version)
            yield line.steps


def write_down() -> int:
    """Record and pin the newest version."""
    path = recording(NEWEST)
    if path.exists():
        print(f"{path.name} is there already, and what was recorded stays as it is.")
        return 1
    with (
        tempfile.TemporaryDirectory() as room,
        fresh_database(Path(room), chosen_programs().folder) as url,
    ):
        engine = make_engine(url, pool_size=5)
        with made(engine, url, NEWEST) as steps:
            lines = [json.dumps(step, separators=(",", ":")) for step in steps]
        engine.dispose()
    path.write_text("\n".join(lines) + "\n")
    pin(NEWEST)
    print(f"{path.name}: {len(lines)} steps, {path.stat().st_size:,} bytes")
    return 0


def main(words: list[str]) -> int:
    """Nothing: record. `pin VERSION`: write down the wire of a version as it is now."""
    if len(words) == 2 and words[0] == "pin" and words[1].isdigit():
        pin(int(words[1]))
        return 0
    if words:
        print(__doc__, file=sys.stderr)
        return 2
    return write_down()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
