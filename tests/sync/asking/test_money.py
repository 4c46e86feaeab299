"""Money that a rep took, asked about: the examples come true, and it is always received."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sync.asking.money import Received, receive
from sync.rules.all import RULES
from sync.rules.money import MONEY_QUESTIONS, OF_MONEY
from sync.rules.policies import validate_policies
from sync.sentences.words import LANGUAGES, sentence
from sync.subjects.money import Collection, Earlier, MoneyFacts
from sync.terms.allocation import OpenItem
from tests.sync.cases import read, world
from tests.sync.money_cases import CASES, FILES, decide_case, of_case, told

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
minor = st.integers(-(10**6), 10**8)
numbers = st.sampled_from([f"R-{n}" for n in range(5)])
receipts = st.builds(
    Collection,
    st.just("receipt-1"),
    st.sampled_from(["D17-R000001", "D17-R000002"]),
    st.sampled_from(["store-1", "store-2", "store-9"]),
    st.sampled_from(["rep-1", "rep-2"]),
    st.sampled_from(["cash", "cheque", "transfer"]),
    minor,
    st.sampled_from(["USD", "EUR"]),
    st.just(NOW),
    st.lists(st.tuples(numbers, minor), max_size=6).map(tuple),
    st.one_of(st.none(), st.sampled_from(["1", "01", "2"])),
    st.one_of(st.none(), st.just("First Bank")),
    st.one_of(st.none(), st.dates(NOW.date(), NOW.date() + timedelta(days=9))),
)
others = st.lists(
    st.builds(
        Earlier,
        st.sampled_from(["receipt-1", "receipt-2", "receipt-3"]),
        st.sampled_from(["D17-R000001", "D17-R000009"]),
        st.sampled_from(["store-1", "store-2"]),
        st.just("rep-2"),
        st.just("cash"),
        minor,
        st.just("USD"),
        st.just(NOW),
        st.just(NOW.date()),
        st.one_of(st.none(), st.just("firstbank/1")),
    ),
    max_size=3,
).map(tuple)
items = st.dictionaries(
    numbers,
    st.builds(
        OpenItem, st.just(""), st.just(NOW.date()), minor,
        st.sampled_from(["invoice", "credit_note", "on_account"]), st.booleans(),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
@pytest.mark.rule(11)
def test_an_example_comes_true(case: dict[str, Any]) -> None:
    assert told(decide_case(case)) == case["expect"], case["says"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_files_are_valid_and_speak_of_their_rule(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(read("rules/money/_schema.json")).validate(content)
    assert content["rule"] == path.stem
    assert all(case["id"].startswith(f"{path.stem}.") for case in content["cases"])
    speaks = {c["rule"] for case in content["cases"] for c in case["expect"].get("conflicts", ())}
    assert path.stem in speaks


def test_every_answer_of_every_rule_about_money_has_an_example() -> None:
    shown = {
        (one["rule"], one["decision"])
        for case in CASES
        for one in case["expect"].get("conflicts", ())
    }
    rules = [row for kind in OF_MONEY.values() for rows in kind.values() for row in rows]
    assert {(row.name, answer) for row in rules for answer in row.answers} == shown
    ids = [case["id"] for case in CASES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_every_sentence_about_money_is_filled(language: str) -> None:
    for case in CASES:
        for one in decide_case(case).conflicts:
            places = re.findall(r"\{(\w+)\}", LANGUAGES[language][one.message][one.decision])
            assert set(places) <= {"yours", "now", *one.arguments}, (case["id"], one.decision)
            assert "{" not in sentence(one, language)


def test_policies_of_the_examples_are_valid() -> None:
    for case in CASES:
        _, known = of_case(case)
        assert validate_policies(known.facts.policies) == [], case["id"]


def test_every_question_about_money_is_asked() -> None:
    asked = set(RULES["collection"]) | set(RULES["collection_item"])
    assert asked == set(MONEY_QUESTIONS)


@given(receipts, items, others)
@pytest.mark.rule(11)
def test_money_is_always_received_and_none_of_it_is_lost(
    taken: Collection, there: dict[str, OpenItem], earlier: tuple[Earlier, ...]
) -> None:
    _, facts = world()
    done = receive(taken, MoneyFacts(facts, there, earlier))
    assert done.outcome in ("applied", "adjusted")
    used = sum(use for _, use in done.uses)
    assert used + done.on_account_minor == max(0, taken.amount_minor)
    assert done.on_account_minor >= 0
    for number in {name for name, _ in done.uses}:
        spent = sum(use for name, use in done.uses if name == number)
        assert 0 < spent <= there[number].open_minor
        assert there[number].kind == "invoice"
        assert spent <= sum(max(0, one) for name, one in taken.allocation if name == number)


@given(receipts, items, others)
def test_asking_twice_says_the_same_and_changes_nothing(
    taken: Collection, there: dict[str, OpenItem], earlier: tuple[Earlier, ...]
) -> None:
    _, facts = world()
    known = MoneyFacts(facts, there, earlier)

    def once() -> Received:
        return receive(taken, known)

    assert once() == once()


@given(receipts, items, others)
def test_what_waits_for_finance_is_whole_and_what_is_only_noted_waits_for_nobody(
    taken: Collection, there: dict[str, OpenItem], earlier: tuple[Earlier, ...]
) -> None:
    _, facts = world()
    for one in receive(taken, MoneyFacts(facts, there, earlier)).conflicts:
        waits = one.decision != "let_pass"
        assert (one.needs == "office") == waits
        assert (one.owner == "finance") == waits
        assert bool(one.answers) == waits


@given(receipts, items, others)
def test_a_rep_without_right_to_a_store_reads_nothing_of_it(
    taken: Collection, there: dict[str, OpenItem], earlier: tuple[Earlier, ...]
) -> None:
    _, facts = world(facts={"grants": {"rep-1/store-1": None}})
    for one in receive(taken, MoneyFacts(facts, there, earlier)).conflicts:
        if taken.store != "store-9" and not one.private:
            assert one.rule in ("collection_not_mine", "collection_number_known",
                                "collection_not_positive", "collection_absurd",
                                "collection_currency_differs")  # fmt: skip
            elsewhere = [e.number for e in earlier if e.store != taken.store]
            assert one.arguments.get("other") not in elsewhere or one.arguments["other"] in {
                e.number for e in earlier if e.store == taken.store
            }
