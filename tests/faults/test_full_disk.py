"""F14: the disk under the database is full.

The database has a disk of its own, a tmpfs of some hundred megabytes; a file beside it takes what
is left. Only root may mount one; without that the test is skipped, and says so.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from server.app import create_app
from server.database import make_engine
from server.settings import load
from tests.conftest import chosen_programs, fresh_database
from tests.server.handheld.conftest import Phone
from tests.world import World, build, change, order_body

SIZE = "200m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "talaria-test", str(folder)]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing is left on the disk, until the end of the block."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as out:
            for size in (2**20, 4096):
                with suppress(OSError):  # no space left
                    while True:
                        out.write(b"x" * size)
        yield
    finally:
        filler.unlink()


def orders(world: World, number: int, begin: int) -> list[dict[str, object]]:
    """Changes whose notes need room on the disk."""
    return [
        change(n, "order", "submit", order_body(
            world.stores[n % 3], [(world.products[n % 6], 1)], note=os.urandom(900).hex()[:1000],
        ))
        for n in range(begin, begin + number)
    ]  # fmt: skip


def test_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_room(disk: Path) -> None:
    with fresh_database(disk, chosen_programs().folder) as url:
        world = build(make_engine(url))
        settings = load({"TALARIA_DATA_DIR": str(disk), "DATABASE_URL": url})
        with create_app(settings, world.engine).test_client() as client:
            phone = Phone(client, world)
            sent = orders(world, 200, 1)
            taken, refused = 0, None
            assert phone.push(*sent[:2]).status_code == 200
            with full(disk):
                for at in range(2, len(sent), 40):
                    answer = phone.push(*sent[at : at + 40])
                    if answer.status_code != 200:
                        refused = answer
                        break
                    taken = at + 40
                assert refused is not None, "the disk was never full"
                assert refused.status_code == 503
                assert int(refused.headers["Retry-After"]) > 0
            verdicts = []
            for at in range(0, len(sent), 40):
                answer = phone.push(*sent[at : at + 40])
                assert answer.status_code == 200, answer.text
                verdicts += answer.json["verdicts"]
            assert [one["replayed"] for one in verdicts[:taken]] == [True] * taken
            assert world.one("SELECT count(*) FROM orders") == 200
            assert msgspec.json.encode(verdicts)
        world.engine.dispose()
