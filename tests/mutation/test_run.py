"""The run itself, on a project of one file: it kills what a test notices and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

THING = '''"""Arithmetic."""

LIMIT = 10


def fits(size):
    return size <= LIMIT


def double(size):
    """Tested for its sign only."""
    return size * 2


def forgotten(size):
    return size - 1
'''
TESTS = """from thing import LIMIT, double, fits


def test_what_fits():
    assert fits(LIMIT)
    assert not fits(LIMIT + 1)
    assert fits(10)
    assert not fits(11)


def test_double_is_above():
    assert double(1) > 0
"""
RUN = """
import json, sys
from pathlib import Path
root = Path(sys.argv[1])
sys.path.insert(0, str(root))
import thing
from tests.mutation.project import Project
from tests.mutation.run import all_mutants, measure, run
project = Project(root, ("thing.py",), {"thing.py": ("test_thing.py",)}, ("test_thing.py",),
                  ("thing", "test_thing"))
kept = root / "kept" / "results.jsonl"
took = measure(project, kept, lambda test: None)
found = run(project, all_mutants(project), took, kept, 2, lambda result: None)
print(json.dumps({one.key: one.became for one in found}))
"""


@pytest.fixture
def became(tmp_path: Path) -> dict[str, str]:
    """Mutant -> what became of it. In a process of its own: forking is none for a test's."""
    (tmp_path / "thing.py").write_text(THING)
    (tmp_path / "test_thing.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return {key.removeprefix("thing.py::"): one for key, one in found.items()}


def test_obvious_faults_are_noticed_and_those_no_test_looks_at_survive(
    became: dict[str, str],
) -> None:
    noticed = {key for key, one in became.items() if one == "killed"}
    assert {"fits: <= -> >", "fits: <= -> <", "fits: size <= LIMIT -> None"} <= noticed
    assert "LIMIT: 10 -> 11" in noticed, "a table's fault is seen by everybody who imported it"
    assert "double: size * 2 -> None" in noticed
    assert became["double: 2 -> 3"] == "survived"
    assert became["forgotten: - -> +"] == "survived"
    assert became["forgotten: size - 1 -> None"] == "survived"
