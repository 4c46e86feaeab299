"""Every answer of every rule has its sentence, and no sentence has a place nobody fills."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sync.asking.orders import decide
from sync.decisions.shapes import Conflict
from sync.rules.all import BY_NAME
from sync.sentences.figures import STYLES
from sync.sentences.languages import KEPT, OUTCOMES, known
from sync.sentences.words import LANGUAGES, kept, received, sentence, words
from sync.tell import edit
from tests.sync.cases import case_files, world
from tests.sync.edit_cases import all_conflicts
from tests.sync.order_edit_cases import CASES as ORDER_EDITS
from tests.sync.order_edit_cases import decide_case as decide_order_edit_case

CASES = [
    case
    for path in case_files("rules")
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]
MAY_HOLD = {"move_to_next_delivery", "apply_typed", "follow_survivor"}
"""Answers that become a hold where they cannot be given."""
ANSWERED = ("delivery_",)
"""What the delivery system answered: sentences of the same table, no rules of ours."""
FINANCE = ("collection_bounced", "collection_refused", "collection_impossible")
"""What is said of money by finance later, or because it can be none: the same."""


def every_conflict() -> Iterator[tuple[str, Conflict]]:
    """Over all examples of the rules: the case and what is told."""
    for case in CASES:
        order, facts = world(
            case.get("order"), case.get("facts"), case.get("policy"), case.get("released")
        )
        yield from ((case["id"], one) for one in decide(order, facts).conflicts)
    yield from ((case["id"], one) for case, _, one in all_conflicts())
    for case in ORDER_EDITS:
        yield from ((case["id"], one) for one in decide_order_edit_case(case).conflicts)


def conflict(**more: Any) -> Conflict:
    """A conflict with these arguments."""
    return Conflict(
        *("stock_short", 1, 12, 3, "confirm_available_backorder_rest", "rep", "stock_short"), more
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_one_sentence_and_no_sentence_is_left_over(language: str) -> None:
    table = LANGUAGES[language]
    others = {name for name in table if name.startswith((*ANSWERED, *FINANCE))}
    assert table.keys() - (others - BY_NAME.keys()) == set(BY_NAME)
    for name, row in BY_NAME.items():
        answers = set(row.answers)
        if MAY_HOLD & answers:
            answers.add("hold_for_office")
        assert set(table[name]) == answers, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_every_sentence_is_filled(language: str) -> None:
    """Over all examples of the rules: what a sentence asks for, its rule tells."""
    for case, one in every_conflict():
        places = re.findall(r"\{(\w+)\}", LANGUAGES[language][one.message][one.decision])
        assert set(places) <= {"yours", "now", *one.arguments}, (case, one.decision)
        assert "{" not in sentence(one, language)


def every_text(language: str) -> dict[str, str]:
    """All that is ever said in a language, by what says it."""
    texts = {
        f"{name}/{decision}": text
        for name, sentences in LANGUAGES[language].items()
        for decision, text in sentences.items()
    }
    texts |= {f"kept/{name}": text for name, text in KEPT[language].items()}
    return texts | {f"outcome/{name}": text for name, text in OUTCOMES[language].items()}


def places(text: str) -> list[str]:
    """The places of a sentence, those used twice named twice."""
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"en"}))
def test_every_language_says_the_same_things_with_the_same_figures(language: str) -> None:
    english, other = every_text("en"), every_text(language)
    assert {
        "missing": english.keys() - other.keys(),
        "left over": other.keys() - english.keys(),
    } == {"missing": set(), "left over": set()}
    differ = {name for name, text in other.items() if places(text) != places(english[name])}
    assert not differ


def test_every_language_has_all_its_parts() -> None:
    assert LANGUAGES.keys() == KEPT.keys() == OUTCOMES.keys() == STYLES.keys()


def test_chinese_sentences_are_chinese() -> None:
    """No sentence was left in English, and none has a Western full stop."""
    for name, text in every_text("zh").items():
        assert re.search(r"[\u4e00-\u9fff]", text), name
        bare = re.sub(r"\{\w+\}", "", text)
        assert not re.search(r"[a-wyz]{2}|[,;?!]|\.(?!\d)", bare), (name, bare)
        assert text.endswith(("。", "{why}")), name


def test_chinese_figures_read_as_chinese_people_write_them() -> None:
    figures = {
        **{"store": "街角小店", "number": "D17-000123", "asked_for": "2026-11-21"},
        **{"decided": "2026-11-20T03:42:00+08:00", "deliver_on": None},
    }
    assert words("cut_off_passed", "move_to_next_delivery", figures, "zh-Hans-CN") == (
        "订单 D17-000123 于 11月20日 03:42 到达，已赶不上 2026年11月21日（周六） 的送货，"
        "改为 未知 送货。"
    )
    one = conflict(product="可乐", captured=None, stock_as_of=None, confirmed=3, backordered=1234)
    assert sentence(one, "zh") == (
        "您在 未知时间 订了 12 件 可乐，依据 未知时间 的库存；只剩 3 件。确认 3 件，1,234 件待补。"
    )


def test_codes_of_the_trade_are_said_in_the_readers_language() -> None:
    figures = {"number": "D1-000001", "yours": "return"}
    assert "类型是 退货，" in words("order_needs_approval", "hold_for_office", figures, "zh")
    assert "of type return," in words("order_needs_approval", "hold_for_office", figures)
    assert kept("row_known", {"kind": "card"}, "zh").startswith("已经有一条标识相同的拜访卡。")


def test_what_was_edited_is_said_field_by_field_as_people_write_it() -> None:
    edited = "day: 2026-11-24; sequence: 3; reason: ; notes: ring; twice: no, at 9"
    english = words("stop_gone", "refuse_edit", {"store": "Nick's", "wanted": edited})
    assert english == (
        "The office took Nick's off your plan, so your change (day: Tue 24 Nov 2026; place: 3; "
        "reason: empty; notes: ring; twice: no, at 9) was not made."
    )
    chinese = words("stop_gone", "refuse_edit", {"store": "Nick's", "wanted": edited}, "zh")
    assert "（日期: 2026年11月24日（周二）; 顺序: 3; 原因: 空; notes: ring; twice: no" in chinese


def test_what_only_looks_like_a_time_is_shown_as_it_was_written() -> None:
    for odd in ("2026-99-99", "2026-11-21Tea 12:00", "2026-11-21T99:99"):
        assert odd in sentence(conflict(product=odd))


@pytest.mark.parametrize(
    ("asked", "language"),
    [("en", "en"), ("zh", "zh"), ("zh-CN", "zh"), ("ZH_Hans", "zh"), ("fr", "en"), ("", "en")],
)
def test_the_nearest_language_of_ours_is_used(asked: str, language: str) -> None:
    assert known(asked) == language
    assert received("applied", asked) == OUTCOMES[language]["applied"]


def test_figures_read_as_people_write_them() -> None:
    figures = {
        **{"store": "Corner Shop", "number": "D17-000123", "currency": "USD"},
        **{"exposure_minor": 1234567, "order_minor": -5, "over_minor": 1, "limit_minor": 100},
    }
    assert words("credit_exceeded", "let_pass", figures) == (
        "Corner Shop owes 12,345.67 USD; with order D17-000123 of -0.05 USD that is 0.01 USD over "
        "its limit of 1.00 USD. The order goes on all the same."
    )
    assert "1,234,567 JPY" in words("credit_exceeded", "let_pass", {**figures, "currency": "JPY"})
    assert "1,234.567 KWD" in words("credit_exceeded", "let_pass", {**figures, "currency": "KWD"})


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    one = conflict(product="Cola", captured="2026-11-21T03:42:00-06:00", stock_as_of=None)
    assert sentence(one) == (
        "You ordered 12 of Cola at 21 Nov 03:42, with stock as of an unknown time; only 3 left. "
        "unknown confirmed, unknown on backorder."
    )


def test_a_language_without_the_sentence_falls_back_to_english() -> None:
    one = conflict(product="Cola", confirmed=3, backordered=9)
    assert sentence(one, "tlh") == sentence(one, "en")


def test_a_conflict_of_a_rule_without_words_still_shows_something() -> None:
    assert words("moon_full", "howl", {}) == "moon_full: howl"


def test_braces_in_a_name_do_no_harm() -> None:
    one = conflict(product="{yours.__class__} 100%", captured=None, stock_as_of=None)
    assert "{yours.__class__} 100%" in sentence(one)


def test_a_name_written_from_right_to_left_turns_nothing_around_it() -> None:
    one = conflict(product="\u0643\u0648\u0644\u0627 1 l", captured=None, stock_as_of=None)
    assert "12 of \u2068\u0643\u0648\u0644\u0627 1 l\u2069 at" in sentence(one)
    for name in ("Caf\u00e9 \u65e5\u672c 24/7", "Cola 1 l"):
        assert not {"\u2068", "\u2069"} & set(sentence(conflict(product=name)))


def test_no_sentence_shows_a_code_or_a_time_of_machines() -> None:
    for _, one in every_conflict():
        said = sentence(one)
        assert not re.search(r"[a-z]_[a-z]|\d\dT\d\d|\dZ\b|\d-\d\d-\d|None|unknown$", said), said


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("phone: 555-1; city: ", "phone: 555-1; city: "),
        (f"phone: 555-1; note: {'x' * 300}", "phone: 555-1; …"),
        (f"phone: {'5' * 185}; note: by the back door", f"phone: {'5' * 185}; …"),
        (f"note: {'x' * 300}", f"note: {'x' * 193}…"),
    ],
)
def test_a_long_edit_is_cut_between_fields_never_after_a_name(wanted: str, told: str) -> None:
    """A name without a value says that the value was taken away."""
    assert edit.brief(wanted) == told
    assert len(told) <= edit.MOST_TOLD
