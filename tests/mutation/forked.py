"""One fault in one forked process: the parent has everything imported, so a test starts at once.

A fault inside a function is put in by changing the function's code where it stands: whoever
imported it by name sees the fault too. A fault in a table is put in by importing everything anew.
"""

import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import hypothesis
import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.project import Project

QUICK = "mutation"
"""A profile of Hypothesis: the same examples each time, none kept, none made smaller."""
_OFF = ("cacheprovider", "xdist", "unraisableexception", "threadexception")
OPTIONS = (
    *("-x", "-q", "--tb=no", "--no-header", "--assert=plain", "-p", "_hypothesis_pytestplugin"),
    *(f"-pno:{one}" for one in _OFF),
    *("-m", "not database"),
)
PASSED, FAILED, NONE = 0, 1, 5


def run_tests(root: Path, tests: Sequence[str], fault: Mutant | None, packages: tuple[str, ...],
              examples: int = 40) -> int:  # fmt: skip
    """Run tests in this process under a fault; pytest's status. For forked processes only."""
    os.chdir(root)
    gc.disable()  # the process is gone before it matters
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    if fault is not None and not _patch(root, fault):
        _import_anew(root, fault, packages)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        QUICK, deadline=None, database=None, derandomize=True, phases=phases,
        max_examples=examples, suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    return int(pytest.main([*OPTIONS, f"--hypothesis-profile={QUICK}", *tests]))


class Seen:
    """Notes which functions of some files are called: those no test calls, none can notice."""

    def __init__(self, root: Path, files: Sequence[str]) -> None:
        self.names = {str(root / one): one for one in files}
        self.called: set[tuple[str, int]] = set()

    def __call__(self, frame: Any, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename in self.names:
            self.called.add((self.names[code.co_filename], code.co_firstlineno))


def in_fork(
    project: Project, tests: Sequence[str], fault: Mutant | None, note: Path | None = None
) -> int:
    """Start a process that runs tests under a fault; its id. It ends with pytest's status.

    note: where to write which functions were called, [[file, first line], ...].
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        seen = Seen(project.root, project.files) if note else None
        sys.setprofile(seen)
        status = run_tests(project.root, tests, fault, project.packages)
        sys.setprofile(None)
        if seen is not None and note is not None:
            note.write_text(json.dumps(sorted(seen.called)), encoding="utf-8")
    except BaseException:
        status = FAILED  # a fault that breaks the import is noticed
    finally:
        os._exit(status)
    return 0


# --- a function's code, changed where it stands -----------------------------------------------


def _patch(root: Path, fault: Mutant) -> bool:
    """Put the fault into the one function it is in; False when it is in no function."""
    path = str(root / fault.file)
    new = {_place(one): one for one in _codes(compile(fault.source, path, "exec"))}
    found = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
    mine = [one for one in found if one.__code__.co_filename == path]
    changed = [
        one for one in mine
        if (code := new.get(_place(one.__code__))) and _body(code) != _body(one.__code__)
    ]  # fmt: skip
    inner = {id(code) for one in changed for code in _codes(one.__code__)} - {
        id(one.__code__) for one in changed
    }
    changed = [one for one in changed if id(one.__code__) not in inner]
    if len({_place(one.__code__) for one in changed}) != 1:
        return False
    old_module = {_place(one) for one in _codes_of_file(path)}
    if old_module != set(new) or _defaults_differ(root, fault):
        return False
    for one in changed:
        code = new[_place(one.__code__)]
        if code.co_freevars != one.__code__.co_freevars:
            return False
        one.__code__ = code
    return True


def _codes_of_file(path: str) -> list[CodeType]:
    return list(_codes(compile(Path(path).read_text(encoding="utf-8"), path, "exec")))


def _defaults_differ(root: Path, fault: Mutant) -> bool:
    """Whether the module's own code changed too: a default of an argument, a table."""
    path = str(root / fault.file)
    now = compile(fault.source, path, "exec")
    before = compile((root / fault.file).read_text(encoding="utf-8"), path, "exec")
    return _shallow(now) != _shallow(before) or any(
        _shallow(a) != _shallow(b) for a, b in zip(_classes(now), _classes(before), strict=False)
    )


def _classes(code: CodeType) -> list[CodeType]:
    """Bodies of classes, as far as they are told from functions by having no arguments' flags."""
    return [one for one in _codes(code) if not one.co_flags & 0x0002]


def _shallow(code: CodeType) -> tuple[Any, ...]:
    consts = tuple(
        one.co_name if isinstance(one, CodeType) else (type(one), one) for one in code.co_consts
    )
    return code.co_code, consts, code.co_names


def _body(code: CodeType) -> tuple[Any, ...]:
    consts = tuple(
        _body(one) if isinstance(one, CodeType) else (type(one), one) for one in code.co_consts
    )
    return code.co_code, consts, code.co_names, code.co_varnames


def _codes(code: CodeType) -> list[CodeType]:
    """This code and all code inside it."""
    found = [code]
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found += _codes(one)
    return found


def _place(code: CodeType) -> tuple[int, str]:
    return code.co_firstlineno, code.co_name


# --- everything imported anew -----------------------------------------------------------------


class _Loader(importlib.abc.SourceLoader):
    """Loads one module from the text with the fault."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.text = path, source

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str) -> bytes:
        if path == self.path:
            return self.text.encode()
        raise OSError(path)  # no compiled file stands for it


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, loader: _Loader) -> None:
        self.name, self.loader = name, loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self.loader.path, loader=self.loader
        )


def _import_anew(root: Path, fault: Mutant, packages: tuple[str, ...]) -> None:
    """Forget our modules; whoever imports the fault's module next gets the fault."""
    name = ".".join(Path(fault.file).with_suffix("").parts)
    for one in list(sys.modules):
        if one.partition(".")[0] in packages and not one.startswith("tests.mutation"):
            del sys.modules[one]
    with contextlib.suppress(ValueError):
        sys.path.remove("")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    sys.meta_path.insert(0, _Finder(name, _Loader(str(root / fault.file), fault.source)))
