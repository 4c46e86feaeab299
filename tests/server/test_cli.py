"""The command line: help at once, every command with an example, errors that say what to do."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.main import get_command
from typer.testing import CliRunner, Result

from server.access.people import check_password
from server.cli import GROUPS, LATER, _found, app
from server.database import make_engine, transaction
from sync.feed import known_epoch
from tests import world
from tests.conftest import Empty

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on a database of the test's own; `code` is the exit code expected."""
    for name, value in (
        ("DATABASE_URL", database_url), ("DATABASE_OWNER_URL", owner_url),
        ("TALARIA_DATA_DIR", str(tmp_path)), ("COLUMNS", "200"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)

    def command(*words: str, code: int = 0, input: str | None = None) -> Result:
        done = CliRunner().invoke(app, list(words), input=input)
        assert done.exit_code == code, done.output
        return done

    return command


@pytest.fixture
def acme(run: Run) -> Run:
    """A company made on the command line."""
    run("company", "add", "acme", "Acme Drinks", "--currency", "EUR", "--zone", "Europe/Berlin")
    return run


def commands() -> Iterator[tuple[str, Any]]:
    """Every command there is, by the words that call it."""
    for name, found in get_command(app).commands.items():  # type: ignore[attr-defined]
        yield name, found
    for name in LATER:
        found = _found(name)
        for below, one in getattr(found, "commands", {"": found}).items():
            yield f"{name} {below}".strip(), one


def test_help_is_there_at_once_and_reads_nothing_it_does_not_need() -> None:
    asked = (
        "import sys; sys.argv = ['talaria', '--help']\n"
        "from server import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('sqlalchemy', 'flask', 'gunicorn', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
    for name in ("serve", "demo", "load", *GROUPS):
        assert re.search(rf"\b{name}\b", done.stdout), name


def test_every_command_explains_itself_with_an_example() -> None:
    found = dict(commands())
    assert {"serve", "user add", "device code", "db check", "load"} <= found.keys()
    for words, command in found.items():
        assert command.help, words
        assert f"talaria {words}" in command.help, words


def test_a_company_its_people_and_their_handhelds(acme: Run, engine: Engine) -> None:
    assert "user add" in acme("user", "list").output
    made = acme("user", "add", "dee", "Dee Park", "--role", "order_desk").output
    assert re.search(r"http://127.0.0.1:8080/office/password/invitation/\S{40,}", made)
    assert "talaria device code ana" in acme("user", "add", "ana", "Ana", "--role", "rep").output
    listed = acme("user", "list").output
    assert "Dee Park" in listed
    assert "invited" in listed
    code = acme("device", "code", "ana").output
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    assert "talaria-handheld enrol" in code
    assert "no active rep" in acme("device", "code", "dee", code=1).output
    assert "no handheld yet" in acme("device", "list").output
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        said = [row[0] for row in raw.execute("SELECT action FROM audit ORDER BY at").fetchall()]
    assert said == ["user.made", "user.made", "enrolment.code_made"]


def test_a_password_can_be_typed_and_is_judged(acme: Run, engine: Engine) -> None:
    words = ("user", "add", "dee", "Dee", "--role", "admin", "--password")
    assert "at least 12" in acme(*words, code=1, input="short\nshort\n").output
    acme(*words, input="a long enough one\na long enough one\n")
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        (company,) = raw.execute("SELECT id::text FROM company").fetchone()
        assert check_password(conn, company, "dee", "a long enough one") is not None


def test_suspending_ends_it_and_resuming_begins_it_again(acme: Run) -> None:
    acme("user", "add", "dee", "Dee", "--role", "admin", "--password",
         input="a long enough one\na long enough one\n")  # fmt: skip
    assert "suspended" in acme("user", "suspend", "dee").output
    assert "user resume dee" in acme("user", "reset-password", "dee", code=1).output
    assert "active" in acme("user", "resume", "dee").output
    assert "/password/reset/" in acme("user", "reset-password", "dee").output
    assert "user list" in acme("user", "suspend", "nobody", code=1).output


def test_a_handheld_is_listed_and_revoked_by_its_number(run: Run, engine: Engine) -> None:
    world.build(engine)
    assert "active" in run("device", "list").output
    assert "is revoked" in run("device", "revoke", "1").output
    assert "revoked" in run("device", "list").output
    assert "device list" in run("device", "revoke", "77", code=1).output


def test_a_delivery_system_is_added_once_and_its_secret_is_shown_once(acme: Run) -> None:
    assert "target add" in acme("target", "list").output
    made = acme("target", "add", "erp", "https://erp.example/talaria").output
    secret = re.search(r"whsec_\S+", made)
    assert secret is not None
    listed = acme("target", "list").output
    assert "https://erp.example/talaria" in listed
    assert secret[0] not in listed
    assert "already" in acme("target", "add", "erp", "https://x.example", code=1).output
    assert "https://" in acme("target", "add", "b", "ftp://x", code=1).output


def test_a_folder_becomes_a_delivery_system_and_is_tried(acme: Run, tmp_path: Path) -> None:
    folder = tmp_path / "drops"
    words = ("target", "add", "depot", str(folder), "--kind", "files", "--set", "form=csv")
    assert "make the folder first" in acme(*words, code=1).output
    folder.mkdir()
    made = acme(*words).output
    assert "whsec_" not in made
    assert sorted(one.name for one in folder.iterdir()) == ["done", "failed", "in", "out", "sent"]
    assert "0 documents wait" in acme("target", "test", "depot").output
    (folder / "out").rmdir()
    assert "out" in acme("target", "test", "depot", code=1).output
    assert "target list" in acme("target", "test", "nobody", code=1).output


def test_settings_that_a_kind_does_not_know_are_named(acme: Run, tmp_path: Path) -> None:
    said = acme("target", "add", "a", str(tmp_path), "--kind", "fax", code=1).output
    assert "http" in said
    assert "files" in said
    words = ("target", "add", "a", str(tmp_path), "--kind", "files", "--set")
    assert "json" in acme(*words, "form=xml", code=1).output
    assert "NAME=VALUE" in acme(*words, "form", code=1).output
    http = ("target", "add", "a", "https://x.example", "--set")
    assert "ask_status" in acme(*http, "colour=red", code=1).output


def test_a_delivery_systems_word_is_given_a_meaning(acme: Run) -> None:
    acme("target", "add", "erp", "https://erp.example")
    assert "our words" in acme("target", "word", "erp").output
    said = acme("target", "word", "erp", "KOMM", "picking").output
    assert "0 updates" in said
    assert "KOMM" in acme("target", "word", "erp").output
    assert "Ours are" in acme("target", "word", "erp", "KOMM", "packed", code=1).output
    acme("target", "word", "erp", "KOMM")
    assert "our words" in acme("target", "word", "erp").output


def test_mistakes_are_answered_with_what_to_do(run: Run) -> None:
    assert "talaria company add" in run("user", "list", code=1).output
    run("company", "add", "acme", "Acme")
    assert "already" in run("company", "add", "acme", "Acme", code=1).output
    assert "small letters" in run("company", "add", "Ac me", "Acme", code=1).output
    assert "time zone" in run("company", "add", "b", "B", "--zone", "Nowhere", code=1).output
    assert "ISO code" in run("company", "add", "b", "B", "--currency", "euro", code=1).output
    assert "no role" in run("user", "add", "x", "X", "--role", "boss", code=1).output
    assert "no depot" in run("user", "add", "x", "X", "--role", "rep", "--depot", "q",
                             code=1).output  # fmt: skip
    run("company", "add", "other", "Other")
    assert "--company" in run("user", "list", code=1).output
    assert "nobody yet" in run("user", "list", "--company", "other").output
    assert run("user", "add", code=2)
    assert run("no-such-command", code=2)


def test_the_tables_are_looked_after(run: Run, owner_url: str, engine: Engine) -> None:
    assert "already" in run("db", "upgrade").output
    assert "exactly those" in run("db", "check").output
    import psycopg

    from server.hints import conninfo

    with psycopg.connect(conninfo(owner_url)) as raw:
        raw.execute("ALTER TABLE store ADD COLUMN extra text")
    assert "extra" in run("db", "check", code=1).output


def test_policies_that_no_rule_can_follow_are_found(run: Run, engine: Engine) -> None:
    world.build(engine)
    assert "can be followed" in run("check-policies").output
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute(
            """INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)
               VALUES (1, gen_random_uuid(), 'company', 1, 'x', 'stock_short', 'pray', '{}')"""
        )
    assert "pray" in run("check-policies", code=1).output


def test_settings_are_shown_without_their_secrets(run: Run, database_url: str) -> None:
    shown = run("settings").output
    assert "TALARIA_PORT" in shown
    assert database_url.split(":")[2].split("@")[0] not in shown
    assert run("settings", "--markdown").output.startswith("| Variable |")


def test_a_wrong_setting_is_told_with_its_remedy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALARIA_PORT", "eighty")
    assert "write a whole number" in run("user", "list", code=1).output
    monkeypatch.setenv("TALARIA_PORT", "8080")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "does not answer" in run("user", "list", code=1).output


def test_a_backup_is_restored_with_a_new_epoch(
    run: Run, engine: Engine, empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(engine)
    file = tmp_path / "all.dump"
    assert "MB" in run("backup", str(file)).output
    assert "writes over nothing" in run("restore", str(file), code=1).output
    assert "no file" in run("restore", str(tmp_path / "other.dump"), code=1).output
    app_url, owner_url = empty()
    monkeypatch.setenv("DATABASE_URL", app_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    assert "offer again" in run("restore", str(file)).output
    assert "Ada" in run("user", "list").output
    with transaction(engine) as conn:
        before = known_epoch(conn)
    restored = make_engine(app_url)
    with transaction(restored) as conn:
        assert known_epoch(conn) != before
    restored.dispose()


def test_the_rules_are_printed_in_a_language_that_is_there(run: Run) -> None:
    assert "## 1. An order meets stock" in run("rules").stdout
    assert "## 1. 下单后发现库存不足" in run("rules", "--language", "zh").stdout
    assert "choose en or zh" in run("rules", "--language", "fr", code=1).stderr


def test_the_version_is_a_version(run: Run) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("version").output)
