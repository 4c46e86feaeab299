"""HTTP lives in files named views.py; server/app.py alone puts them together."""

import ast
import re

from tests.house.tree import PACKAGES, expect_none, faults, files

PLACES = re.compile(r"(^|/)views(_\w+)?\.py$|/views/|^server/app\.py$")
MAKERS = frozenset({"MethodView", "add_url_rule", "register_blueprint"})
CALLED = frozenset({"Flask", "Blueprint"})
"""A function may be handed these; only the files above make them."""
VERBS = frozenset({"route", "get", "post", "put", "patch", "delete"})


def http_out_of_place(path: str, text: str) -> list[str]:
    """Routes declared, and the things routes are declared with imported, outside views.py."""
    if PLACES.search(path):
        return []
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {
            "flask",
            "flask_smorest",
        }:
            names = sorted(MAKERS.intersection(name.name for name in node.names))
            found += [f"{path}:{node.lineno}: makes routes with {name}" for name in names]
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name in CALLED:
                found.append(f"{path}:{node.lineno}: makes a {name}")
        if isinstance(node, ast.Attribute) and node.attr in MAKERS:
            found.append(f"{path}:{node.lineno}: makes routes with {node.attr}")
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for mark in node.decorator_list:
                if (
                    isinstance(mark, ast.Call)
                    and isinstance(mark.func, ast.Attribute)
                    and mark.func.attr in VERBS
                ):
                    found.append(f"{path}:{node.lineno}: {node.name} is a route")
    return found


def test_routes_are_in_their_place() -> None:
    ours = tuple(path for path in files(".py") if path.split("/")[0] in PACKAGES)
    expect_none(faults(http_out_of_place, ours))


def test_a_route_out_of_place_is_noticed() -> None:
    route = "@board.get('/orders')\ndef orders():\n    return []\n"
    assert http_out_of_place("server/office/board.py", route) == [
        "server/office/board.py:2: orders is a route"
    ]
    assert http_out_of_place("server/office/views.py", route) == []
    assert http_out_of_place("server/auth.py", "board = flask.Blueprint('b', 'b')\n") != []
    assert http_out_of_place("server/auth.py", "from flask import Blueprint, Flask\n") == []
    assert http_out_of_place("server/auth.py", "from flask.views import MethodView\n") != []
    assert http_out_of_place("server/auth.py", "app = Flask('x')\n") != []
    assert http_out_of_place("server/jobs.py", "def f(app):\n    app.add_url_rule('/x')\n") != []
