"""The rep's app is held to its budgets: a missed one cannot look met, and what is called the app
up to today's list is what a browser asks for."""

import pytest

import setup_environment
from bench.pwa import coming
from bench.pwa.budget import HEAD, counted, measured, not_measured
from bench.table import markdown
from server.handheld import views_pwa


def test_met_is_said_of_the_worst_and_of_half_only_as_half() -> None:
    kept = {tuple(some): measured("key", some, "ms", below=50).met
            for some in ([10, 49], [10, 20, 50], [10, 50, 60], [50])}  # fmt: skip
    assert kept == {(10, 49): "yes", (10, 20, 50): "p50", (10, 50, 60): "NO", (50,): "NO"}


def test_what_may_be_reached_is_met_when_it_is_reached() -> None:
    assert measured("app", [60.0], "kB", most=60).met == "yes"
    assert measured("app", [60.1], "kB", most=60).met == "NO"
    assert counted("taps", 4, 4).met == "yes"
    assert counted("taps", 5, 4).met == "NO"


def test_what_broke_is_a_line_that_is_not_met() -> None:
    row = not_measured("search", ValueError("no such key"))
    assert (row.p50, row.met) == ("not measured: ValueError: no such key", "NO")
    assert len(markdown([row], HEAD).splitlines()) == 3


MODULES = {"tokens.css", "early.js", "app.js", "screens/day.js", "words/en.js",
           "vendor/shell.js", "local.js"}  # fmt: skip
FEW = {"first.css", "early.js", "start.js", "words/en.js"}


@pytest.mark.parametrize(
    ("contents", "there", "not_yet"),
    [("contents.json", FEW, {"work.js", "words/zh.js", "words/en_store.js", "vendor/map.js"}),
     ("none.json", MODULES, {"screens/order.js", "words/zh.js", "vendor/map.js"})],
)  # fmt: skip
def test_the_app_up_to_todays_list_is_the_page_its_styles_its_modules_and_the_sentences(
    contents: str, there: set[str], not_yet: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    setup_environment.bundle_app()
    monkeypatch.setattr(views_pwa, "CONTENTS", contents)
    views_pwa.app_files.cache_clear()
    first, all_files = coming.first_files(), views_pwa.app_files()
    views_pwa.app_files.cache_clear()
    assert first <= all_files.keys()
    assert there <= first
    assert not not_yet & first
    assert not_yet <= all_files.keys()
    styles = {name for name in all_files if name.endswith(".css")}
    assert styles & first
    assert "styles/store.css" in styles - first
