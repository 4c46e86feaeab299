"""The verdict of the day is true only when every claim is, and it says which is not."""

import io

from rich.console import Console

from server.demo.timeline import Timeline


def told() -> tuple[Timeline, io.StringIO]:
    out = io.StringIO()
    return Timeline(Console(file=out, width=200)), out


def test_all_true_is_true() -> None:
    timeline, out = told()
    timeline.claim("Orders are there once", True, "10 of 10")
    timeline.claim("So are deliveries", 1)
    assert timeline.verdict()
    assert "All 2 claims are true." in out.getvalue()
    assert "10 of 10" in out.getvalue()


def test_one_that_is_not_is_named_and_decides() -> None:
    timeline, out = told()
    timeline.claim("Orders are there once", True)
    timeline.claim("Nothing is doubled", None, "2 documents")
    assert not timeline.verdict()
    assert "FALSE  Nothing is doubled  (2 documents)" in out.getvalue()
    assert "1 of 2 claims are NOT true." in out.getvalue()


def test_names_of_stores_are_no_markup() -> None:
    timeline, out = told()
    timeline.tell("Ana", "visits [bold]Corner[/bold] #1", "[red]note")
    assert "[bold]Corner[/bold] #1" in out.getvalue()
    assert "[red]note" in out.getvalue()
