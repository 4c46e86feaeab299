"""The table of faults is what is injected: none is only written down, none is without its row."""

import re
from pathlib import Path

from tests.simulation.faults import FAULTS, KILLS
from tests.simulation.network import ANY, OF_PULL, OF_PUSH

HERE = Path(__file__).parent
NOTED = re.compile(r'\.fault\(\s*"(\w+)"')


def test_every_fault_of_the_table_is_injected_somewhere_and_every_other_is_in_it() -> None:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(HERE.glob("*.py"))
        if path.name not in ("faults.py", "test_faults.py")
    )
    assert {name for name in FAULTS if f'"{name}"' not in text} == set()
    assert set(NOTED.findall(text)) | {*ANY, *OF_PUSH, *OF_PULL} <= FAULTS.keys()
    assert FAULTS.keys() >= KILLS


def test_there_are_many_kinds() -> None:
    assert len(FAULTS) > 40
    assert len({one.number for one in FAULTS.values()}) > 25
