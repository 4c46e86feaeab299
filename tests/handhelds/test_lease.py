"""A handheld long away locks its screen, keeps its work, and is unlocked by a sync."""

from datetime import timedelta

import pytest

from handhelds.reference.lease import LEASE_DAYS, lease_days, locked
from handhelds.reference.visit import Wanted
from tests.handhelds.conftest import Handheld

DAY_S = 86_400


def told(handheld: Handheld, days: int) -> None:
    """The company's own lease, as a pull brings it."""
    handheld.local.copy._mark("directives", [{"kind": "lease", "days": days}])


def test_after_the_lease_the_screen_is_locked_and_the_outbox_is_as_it_was(
    handheld: Handheld,
) -> None:
    handheld.rep.order("1042", [Wanted("904", "2")])
    handheld.clock.on(LEASE_DAYS * DAY_S)
    assert locked(handheld.local) is None
    handheld.clock.on(2)
    assert "has not synced for 90 days" in str(locked(handheld.local))
    assert handheld.local.queue().pending == 1
    assert handheld.sync().state == "done"
    assert locked(handheld.local) is None
    assert len(handheld.server.pushed("order")) == 1


def test_the_company_says_how_long_and_0_is_never(handheld: Handheld) -> None:
    assert lease_days(handheld.local) == 90
    told(handheld, 7)
    handheld.clock.on(8 * DAY_S)
    assert locked(handheld.local) is not None
    told(handheld, 0)
    handheld.clock.on(1_000 * DAY_S)
    assert locked(handheld.local) is None


def test_a_clock_set_back_unlocks_nothing(handheld: Handheld) -> None:
    handheld.clock.on(91 * DAY_S)
    handheld.clock.wall -= timedelta(days=80)
    assert locked(handheld.local) is not None


def test_who_never_synced_is_not_locked(fresh: Handheld) -> None:
    assert locked(fresh.local) is None


def test_a_locked_handheld_answers_no_verb_but_those_that_help(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from handhelds.reference import told as verbs
    from handhelds.reference.cli import app

    monkeypatch.setattr(verbs, "locked", lambda local: "this handheld is locked")
    run = CliRunner()
    home = {"TALARIA_HANDHELD_HOME": str(tmp_path)}
    for verb in ("today", "stores", "verdicts"):
        answer = run.invoke(app, [verb], env=home)
        assert (answer.exit_code, "is locked" in answer.output) == (1, True), (verb, answer.output)
    for verb in ("outbox", "status"):
        assert run.invoke(app, [verb], env=home).exit_code == 0, verb
