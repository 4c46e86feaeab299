"""Every sentence a rep is told stands on the handheld's screen, whole, under the work it is about.

The verdicts are the very text the server's own code writes; the reference handheld takes them
through its talks, and its command line prints them. What is for the office alone is nowhere.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from handhelds.reference import link, tables
from handhelds.reference.answers import Ending
from handhelds.reference.cli import app
from handhelds.reference.clock import MachineClock
from handhelds.reference.local import Local
from handhelds.reference.visit import Rep, Wanted
from schemas.ids import uuid7
from sync.batch import Pushed
from sync.carrier import Carrier
from sync.inbox import OFFICE
from sync.sentences.english.change import KEPT as TELL
from sync.sentences.english.change import OUTCOMES as SAYS
from sync.sentences.words import kept
from sync.verdicts import verdict
from tests import spoken
from tests.handhelds.double import STORE, Clock, Double, row

CARRIER = Carrier("d-7f3a", 2, (2,), "c-1", 1, "America/Chicago", "r07", "i-1", "active")
RULES = {one.name: one for one in spoken.of_rules()}
PRIVATE = spoken.of_rules(private=True)
HEAD = re.compile(r"^(?:order (\S+), |visit )")


def plain(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Held:
    """A handheld in `home`, its stand-in for the server, and the work each sentence is about."""

    home: Path
    double: Double = field(default_factory=lambda: Double(clock=Clock(wall=datetime.now(UTC))))
    work: dict[str, str] = field(default_factory=dict)

    def using(self, act: Callable[[Local, Rep], Any]) -> Any:
        local = Local(self.home, MachineClock())
        try:
            return act(local, Rep(local, MachineClock(), uuid7))
        finally:
            local.close()

    def enrol(self) -> Ending:
        found: Ending = self.using(
            lambda local, _: link.enrol(local, self.double.send, "K7QX-2M4P", "test", "reference")
        )
        return found

    def sync(self) -> Ending:
        found: Ending = self.using(
            lambda local, _: link.sync(local, self.double.send, MachineClock(), uuid7)
        )
        return found

    def take(self, answers: dict[str, Pushed], kind: str = "order") -> None:
        """Capture one piece of work a name, to be answered so."""

        def capture(_: Local, rep: Rep) -> None:
            for name, answer in answers.items():
                if kind == "order":
                    made = rep.order("1042", [Wanted("20041", "1")])
                else:
                    made = rep.skip_visit("1042", "closed")
                self.work[name] = made.get("number") or "visit"
                told = json.loads(verdict(answer))
                kept = ("outcome", "state", "conflicts", "says")
                self.double.outcomes[made["id"]] = {key: told[key] for key in kept}

        self.using(capture)

    def prints(self, *words: str) -> str:
        done = CliRunner().invoke(app, ["--home", str(self.home), *words])
        assert done.exit_code == 0, done.output
        return done.output

    def read(self, *words: str) -> dict[str, str]:
        """What `verdicts` prints, by the work that it is about."""
        return by_work(self.prints("verdicts", *words))


def by_work(printed: str) -> dict[str, str]:
    """The work as its heading names it -> all that stands under it."""
    found: dict[str, str] = {}
    heading = ""
    for line in printed.splitlines():
        if line.startswith("  "):
            found[heading] = plain(f"{found[heading]} {line}")
        else:
            named = HEAD.match(line)
            heading = (named[1] or "visit") if named else line
            found.setdefault(heading, "")
    return found


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """A handheld that is enrolled and has its stores."""
    return ready(tmp_path)


def ready(home: Path) -> Held:
    held = Held(home)
    assert held.enrol().state == "done"
    assert held.sync().state == "done"
    return held


def of_rule(*told: spoken.Spoken) -> Pushed:
    """What the server's push makes of a change of which it tells this."""
    effects = spoken.effects(CARRIER)
    pushed = spoken.tell(effects, told[0], uuid7())
    for one in told[1:]:
        pushed.told += spoken.tell(effects, one).told
    return pushed


def of_server(rule: str) -> Pushed:
    """What the server's push makes of a change that it keeps as it came."""
    pushed = spoken.pushed()
    outcome = "rejected" if rule == "unreadable" else "held"
    spoken.effects(CARRIER).hold(pushed, rule, outcome, **spoken.TOLD[rule])
    return pushed


def bare(outcome: str) -> Pushed:
    """A change of which nothing is told but what became of it."""
    pushed = spoken.pushed()
    pushed.outcome, pushed.state = outcome, "held" if outcome == "held" else None
    return pushed


def rows(*, private: bool) -> list[dict[str, Any]]:
    """What a release or an answer of the delivery system writes, as rows of the inbox."""
    effects = spoken.effects(CARRIER)
    for one in PRIVATE if private else RULES.values():
        spoken.tell(effects, one, uuid7())
    made = [spoken.columns(conflict) for conflict in effects.conflicts]
    for (rule, decision), figures in {} if private else spoken.ANSWERED.items():
        made.append(
            made[0]
            | {"id": uuid7(), "rule": rule, "message": rule, "decision": decision}
            | {"says": spoken.answered((rule, decision)), "arguments": json.dumps(figures)}
        )
    return made


@dataclass(frozen=True)
class Screens:
    """What `verdicts` printed: unread at once, everything later, the same on a narrow terminal,
    and what a pull brought."""

    work: dict[str, str]
    unread: dict[str, str]
    everything: dict[str, str]
    narrow: dict[str, str]
    pulled: str


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Screens:
    """One handheld with the verdicts of all sentences, and one to which a pull brought them."""
    held = ready(tmp_path_factory.mktemp("pushed"))
    held.take({name: of_rule(one) for name, one in RULES.items()})
    held.take({rule: of_server(rule) for rule in TELL if rule != "id_reused"})
    held.take({outcome: bare(outcome) for outcome in SAYS})
    assert held.sync().state == "done"
    unread, everything = held.read(), held.read("--all")
    paper = StringIO()
    screen = json.loads(held.prints("--json", "verdicts", "--all"))
    tables.show(Console(width=44, file=paper), tables.verdicts(screen))
    narrow = by_work(paper.getvalue())

    other = ready(tmp_path_factory.mktemp("pulled"))
    told = [
        {name: one.get(name) for name in NOTICE} | {"store": STORE, "at": "2026-11-21T12:00:00Z"}
        for one in rows(private=False)
    ]
    other.double.put("conflict", *(row("conflict", **one) for one in told))
    assert other.sync().state == "done"
    return Screens(held.work, unread, everything, narrow, plain(" ".join(other.read().values())))


NOTICE = ("id", "scope", "version", "rule", "decision", "needs", "message", "says", "state")


def test_every_sentence_has_a_conflict_that_says_it() -> None:
    assert spoken.without_example() == set()
    assert set(spoken.TOLD) == set(TELL)


@pytest.mark.parametrize("name", RULES)
def test_a_rep_reads_what_a_rule_says_of_an_order(screens: Screens, name: str) -> None:
    one = RULES[name]
    assert screens.everything[screens.work[name]] == one.says
    assert screens.narrow[screens.work[name]] == one.says
    if one.outcome != "applied":
        assert screens.unread[screens.work[name]] == one.says


@pytest.mark.parametrize("name", [*RULES, *map("/".join, spoken.ANSWERED)])
def test_a_rep_reads_what_is_said_later_of_an_order(screens: Screens, name: str) -> None:
    rule, _, decision = name.partition("/")
    says = RULES[name].says if name in RULES else spoken.answered((rule, decision))
    assert says in screens.pulled


@pytest.mark.parametrize("rule", [rule for rule in TELL if rule != "id_reused"])
def test_a_rep_reads_what_the_server_says_of_a_change(screens: Screens, rule: str) -> None:
    assert screens.unread[screens.work[rule]] == kept(rule, spoken.TOLD[rule])


@pytest.mark.parametrize("outcome", SAYS)
def test_a_rep_reads_what_became_of_work_of_which_nothing_else_is_told(
    screens: Screens, outcome: str
) -> None:
    assert screens.everything[screens.work[outcome]] == SAYS[outcome]


def test_a_rep_reads_that_a_visit_was_not_in_a_store_of_theirs(held: Held) -> None:
    one = RULES["fact_not_mine/hold_for_office"]
    held.take({"visit": of_rule(one)}, "visit")
    held.sync()
    assert held.read() == {"visit": one.says}


def test_a_rep_reads_of_an_id_used_twice_once_the_handheld_was_enrolled_anew(held: Held) -> None:
    """Before, it means that a copy of this handheld is about, and the rep is told to enrol."""
    held.take({"again": of_server("id_reused")})
    assert held.sync().state == "set_back"
    assert "was set back to an older copy" in plain(held.prints("status"))
    held.double = anew(held.double)
    assert held.enrol().state == "done"
    held.sync()
    assert held.read() == {held.work["again"]: TELL["id_reused"]}


def anew(double: Double) -> Double:
    """The same server, which gives the handheld another name."""

    class Another(Double):
        def _answer(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            status, answer = super()._answer(path, asked)
            return status, answer | ({"device": "d-8a40"} if path.endswith("/enrol") else {})

    return Another(clock=double.clock, outcomes=double.outcomes)


def test_what_is_the_offices_alone_is_nowhere_on_the_handheld(held: Held) -> None:
    secret = next(one for one in PRIVATE if one.conflict.rule == "credit_exceeded")
    open_one = RULES["store_not_mine/hold_for_office"]
    held.take({"foreign": of_rule(open_one, secret), "hidden": of_rule(secret)})
    assert {one["scope"] for one in rows(private=True)} == {OFFICE}
    held.sync()
    assert held.read() == {
        held.work["foreign"]: open_one.says, held.work["hidden"]: SAYS["held"],
    }  # fmt: skip
    kept = b"".join(path.read_bytes() for path in held.home.rglob("*") if path.is_file())
    assert open_one.says.encode() in kept, "the file holds texts as they are"
    assert b"credit_exceeded" not in kept
    assert b"over its limit" not in kept


def test_no_screen_of_a_rep_shows_the_code_of_a_rule(held: Held) -> None:
    holds = sorted({one.conflict.rule for one in RULES.values() if one.state == "held"})
    order: dict[str, Any] = {"id": uuid7(), "store": STORE, "scope": f"st:{STORE}"}
    order |= {
        "number": "D17-000900",
        "captured_at": "2026-11-21T12:00:00Z",
        "state": "held",
        "net_minor": 129,
    }
    held.double.put("order", row("order", **order, holds=holds, lines=[]))
    held.sync()
    store = held.prints("store", "1042")
    assert "credit exceeded" in plain(store)
    held.take({name: of_rule(one) for name, one in RULES.items()})
    waiting = held.prints("outbox")
    held.sync()
    for printed in (store, waiting, held.prints("verdicts", "--all")):
        assert re.findall(r"[a-z]+_[a-z_]+", printed) == []
        assert "1 lines" not in printed
