"""Log lines carry ids, counts and times; what a row says or a person typed never reaches them."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from server import logs
from tests.house.tree import files, read


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    logs.configure("test", "info", out, plain=False)
    yield out
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_json_with_its_process_and_moment(out: io.StringIO) -> None:
    structlog.get_logger("talaria.x").info("order.sent", delivery="0190", attempt=2)
    (line,) = lines(out)
    assert line["event"] == "order.sent"
    assert line["delivery"] == "0190"
    assert line["attempt"] == 2
    assert line["level"] == "info"
    assert line["process"].startswith("test/")
    assert line["at"].endswith("Z")


def test_what_is_not_on_the_list_is_left_out(out: io.StringIO) -> None:
    structlog.get_logger("talaria.x").info("signed_in", name="Ana Reyes", email="ana@x", user="ana")
    structlog.contextvars.bind_contextvars(request="r1", store_name="Corner Shop")
    structlog.get_logger("talaria.x").info("again")
    structlog.contextvars.clear_contextvars()
    first, second = lines(out)
    assert "Ana Reyes" not in json.dumps(first)
    assert first["user"] == "ana"
    assert second["request"] == "r1"
    assert "Corner" not in json.dumps(second)


def test_an_exception_is_told_by_kind_and_place_and_not_by_its_words(out: io.StringIO) -> None:
    try:
        raise ValueError("Key (name)=(Ana Reyes) already exists")
    except ValueError:
        structlog.get_logger("talaria.x").exception("load.failed")
    (line,) = lines(out)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["where"]
    assert "Ana" not in out.getvalue()


def test_an_error_shown_whole_is_cut_to_its_kind(out: io.StringIO) -> None:
    error = repr(ValueError("Key (name)=(Ana Reyes)"))
    structlog.get_logger("talaria.x").error("pass_failed", error=error)
    assert lines(out)[0]["error"] == "ValueError"


def test_a_library_that_quotes_what_it_choked_on_is_not_repeated(out: io.StringIO) -> None:
    logging.getLogger("some.library").warning("could not read %r", "Ana Reyes")
    logging.getLogger("gunicorn.error").warning("Worker was stopped")
    first, second = lines(out)
    assert "Ana" not in json.dumps(first)
    assert first["logger"] == "some.library"
    assert second["event"] == "Worker was stopped"


def test_people_at_a_terminal_get_words() -> None:
    out = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure("test", "info", out, plain=True)
    structlog.get_logger("talaria.x").info("order.sent", attempt=2)
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()
    assert "order.sent" in out.getvalue()
    assert not out.getvalue().startswith("{")


def log_fields(path: str) -> list[tuple[int, str]]:
    """(line, field) of every field given to a log call of a file."""
    found = []
    for node in ast.walk(ast.parse(read(path))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
            and node.func.attr in ("debug", "info", "warning", "error", "exception", "critical")
        ):
            found += [(node.lineno, one.arg or "**") for one in node.keywords]
    return found


def test_every_field_our_code_logs_is_on_the_list() -> None:
    unknown = [
        f"{path}:{line}: {field}"
        for path in files(".py")
        if path.startswith(("server/", "sync/"))
        for line, field in log_fields(path)
        if field not in logs.FIELDS and field != "exc_info"
    ]
    assert unknown == []


def test_the_reader_of_log_calls_sees_fields() -> None:
    seen = {field for path in files(".py") if path.startswith("server/")
            for _, field in log_fields(path)}  # fmt: skip
    assert {"delivery", "job", "child"} <= seen
