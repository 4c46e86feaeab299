"""The C kernel is built where a compiler is, kept by its hash, and never needed."""

import math
from pathlib import Path

import pytest

from routes.checker import broken
from routes.kernel import choice, native
from routes.kernel.plain import PlainSearch
from routes.kernel.shape import nothing
from routes.plan import plan, steps_budget
from routes.problem import shape_of
from tests.routes.territories import territory


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no compiler on it, and no kernel kept."""

    def none() -> None:
        raise native.NoKernel("no C compiler")

    monkeypatch.setattr(choice, "library", none)


@pytest.mark.usefixtures("no_kernel")
def test_a_machine_without_a_compiler_plans_in_python_and_says_so() -> None:
    problem = territory(1, stores=6)
    planned = plan(problem, 1, steps_budget(30), choice.search)
    assert broken(problem, planned) == []
    assert isinstance(choice.search(*shape_of(problem), 1), PlainSearch)
    assert choice.kind() == "plain: no C compiler"


def test_a_compiler_that_fails_is_named_with_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(native, "_places", lambda: [tmp_path])
    monkeypatch.setattr(native, "compilers", lambda: [["false"], ["no-such-compiler"]])
    with pytest.raises(native.NoKernel, match="no-such-compiler"):
        native.build()
    monkeypatch.setattr(native, "compilers", list)
    with pytest.raises(native.NoKernel, match="talaria\\[fast\\]"):
        native.build()
    assert list(tmp_path.iterdir()) == []


def test_a_kept_kernel_is_not_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / native._name()
    kept.write_bytes(b"kept")
    monkeypatch.setattr(native, "_places", lambda: [tmp_path / "absent", tmp_path])
    monkeypatch.setattr(native, "compilers", list)
    assert native.build() == kept


@pytest.mark.skipif(choice.kind() != "compiled", reason="no compiled kernel on this machine")
def test_both_kernels_agree_on_what_a_plan_costs() -> None:
    for seed, timed in ((1, True), (2, False), (3, True)):
        problem = territory(seed, stores=14, weeks=2)
        problem = problem if timed else problem.__class__(**{**vars(problem), "timed": False})
        shape, dials = shape_of(problem)
        plain, compiled = PlainSearch(shape, dials, 1), native.NativeSearch(shape, dials, 1)
        assert plain.load(nothing(shape))
        plain.run(20, 1.0, 0.5)
        made = plain.plan()
        assert plain.load(made)
        assert compiled.load(made)
        for one, other in zip(plain.cost(), compiled.cost(), strict=True):
            assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
        assert compiled.plan(best=False) == plain.plan(best=False)
