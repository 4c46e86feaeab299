"""Which faults: every small change of a source text that a test ought to notice.

A mutant keeps the number of lines, so that a function is found again by the line it begins on.
Left alone is what cannot matter to a test: annotations, docstrings, decorators, `__slots__`, the
bodies of protocols, and the text parts of f-strings.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

_COMPARES: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
_SIGNS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.FloorDiv: ("//", "*"),
    ast.Div: ("/", "*"),
    ast.Mod: ("%", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_LEFT_ALONE = frozenset(("__slots__", "__all__"))
_TYPES = frozenset(("Literal", "Mapping", "Callable", "Iterable", "Sequence"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `where` is the function or table it is in; `key` stays the same when lines move;
    `source` is the whole file with the fault; `begins` is the first line of the outermost
    function it is in, None for a table, a default or the body of a class."""

    file: str
    where: str
    line: int
    was: str
    now: str
    key: str
    source: str
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """Text from `start` until `end`, offsets in bytes, becomes `now`."""

    start: int
    end: int
    now: str
    where: str
    line: int
    begins: int | None


def mutants(file: str, source: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    raw, counted, found = source.encode(), Counter[str](), []
    for one in sorted(finder.changes, key=lambda c: (c.start, c.end, c.now)):
        was = raw[one.start : one.end].decode()
        now = one.now + "\n" * was.count("\n")
        changed = (raw[: one.start] + now.encode() + raw[one.end :]).decode()
        key = f"{file}::{one.where}: {_short(was)} -> {_short(one.now)}"
        counted[key] += 1
        key += f" ({counted[key]})" if counted[key] > 1 else ""
        found.append(Mutant(file, one.where, one.line, was, one.now, key, changed, one.begins))
    return [one for one in found if _compiles(one.source)]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 70 else f"{flat[:50]} ... {flat[-16:]}"


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


class _Finder(ast.NodeVisitor):
    """Walks a file and notes every change."""

    def __init__(self, source: str) -> None:
        self.starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.raw = source.encode()
        self.where: list[str] = []
        self.begins: int | None = None
        self.changes: list[_Change] = []

    # --- places -------------------------------------------------------------------------------

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def _text(self, node: ast.expr | ast.stmt) -> str:
        return self.raw[self._start(node) : self._end(node)].decode()

    def _put(self, node: ast.expr | ast.stmt, now: str) -> None:
        self._change(self._start(node), self._end(node), now, node.lineno)

    def _change(self, start: int, end: int, now: str, line: int) -> None:
        where = ".".join(self.where) or "module"
        self.changes.append(_Change(start, end, now, where, line, self.begins))

    def _between(self, left: ast.expr, right: ast.expr, was: str, now: str) -> None:
        """Change the operator that stands between two parts."""
        start, end = self._end(left), self._start(right)
        at = self.raw[start:end].decode().find(was)
        if at >= 0:
            self._change(start + at, start + at + len(was), now, right.lineno)

    # --- what is walked -----------------------------------------------------------------------

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.where.append(node.name)
        self._all([*node.args.defaults, *(one for one in node.args.kw_defaults if one)])
        outermost = self.begins is None
        if outermost:
            self.begins = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        self._all(_without_docstring(node.body))
        self.begins = None if outermost else self.begins
        self.where.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases):
            return
        self.where.append(node.name)
        self._all(_without_docstring(node.body))
        self.where.pop()

    def visit_Module(self, node: ast.Module) -> None:
        self._all(_without_docstring(node.body))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            return
        named = isinstance(node.target, ast.Name) and not self.where
        self.where.append(self._text(node.target)) if named else None
        self.visit(node.value)
        self.where.pop() if named else None

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        name = target.id if isinstance(target, ast.Name) else ""
        if name in _LEFT_ALONE or (not self.where and _is_type(node.value)):
            return
        if not isinstance(target, ast.Name | ast.Tuple):
            self._put(node, "pass")
        if name and not self.where:
            self.where.append(name)
            self.visit(node.value)
            self.where.pop()
        else:
            self.visit(node.value)

    # --- faults -------------------------------------------------------------------------------

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._put(node, "pass")
        signs = _SIGNS.get(type(node.op))
        if signs is not None:
            self._between(node.target, node.value, f"{signs[0]}=", f"{signs[1]}=")
        self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring beside an attribute
        self._put(node, "pass")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            return
        plain = isinstance(node.value, ast.Constant)
        if not plain:
            self._put(node.value, "None")
        self.visit(node.value)

    def visit_Break(self, node: ast.Break) -> None:
        self._put(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._put(node, "break")

    def visit_If(self, node: ast.If) -> None:
        self._turn(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._turn(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._turn(test)
        self.generic_visit(node)

    def _turn(self, test: ast.expr) -> None:
        """A condition becomes its opposite, unless a change inside it does just that."""
        inside = isinstance(test, ast.Compare) and len(test.ops) == 1
        if not inside and not isinstance(test, ast.UnaryOp):
            self._put(test, f"(not ({_one_line(self._text(test))}))")

    def visit_Compare(self, node: ast.Compare) -> None:
        parts = [node.left, *node.comparators]
        for left, op, right in zip(parts, node.ops, parts[1:], strict=False):
            for now in _COMPARES[type(op)]:
                was = _SPELLED[type(op)]
                self._between(left, right, was, now)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        was, now = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, was, now)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self._put(node, f"({_one_line(self._text(node.operand))})")
        self.visit(node.operand)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        signs = _SIGNS.get(type(node.op))
        if signs is not None:
            self._between(node.left, node.right, *signs)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._put(node, str(not value))
        elif isinstance(value, int):
            self._put(node, str(value + 1))
        elif isinstance(value, str):
            self._put(node, repr(f"{value}X"))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Its parts have no places of their own before Python 3.12."""

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name):
            if node.func.id == "cast":
                self.visit(node.args[1])
                return
            if node.func.id in _NAMES:
                self._put(node.func, _NAMES[node.func.id])
            if node.func.id == "Rule":
                self._rule(node)
        self.generic_visit(node)

    def _rule(self, node: ast.Call) -> None:
        """A row: it never answers, another answer is its default, an answer or a habit is gone."""
        when, then, *instead = node.args[1:]
        self._put(when, "(lambda *_: False)")
        self._put(then, "PASS" if self._text(then) == "HELD" else "HELD")
        for answers in instead:
            self._put(answers, "()")
        for keyword in node.keywords:
            if keyword.arg == "release":
                self._put(keyword.value, "None")

    def visit_Tuple(self, node: ast.Tuple) -> None:
        """Rows change places where two stand beside each other: the first that is true answers."""
        rows = [one for one in node.elts if isinstance(one, ast.Call) and _is_rule(one)]
        for first, second in pairwise(rows):
            swapped = f"{_one_line(self._text(second))}, {_one_line(self._text(first))}"
            self._change(self._start(first), self._end(second), swapped, first.lineno)
        self.generic_visit(node)


_SPELLED: dict[type[ast.cmpop], str] = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"},
}


def _one_line(text: str) -> str:
    return " ".join(part.strip() for part in text.splitlines())


def _without_docstring(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    first = body[0] if body else None
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    yield from body[1:] if told else body


def _is_type(value: ast.expr) -> bool:
    """Whether an assignment only gives a type a name."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("TypeVar", "ParamSpec")
    if isinstance(value, ast.BinOp):
        return _is_type(value.left) or _is_type(value.right)
    if isinstance(value, ast.Subscript):
        return isinstance(value.value, ast.Name) and value.value.id in _TYPES
    return isinstance(value, ast.Constant) and value.value is None


def _is_rule(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "Rule"
