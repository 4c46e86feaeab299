"""Settings: one table, and every value that cannot be used is told with its remedy."""

import dataclasses
import os
import stat
from pathlib import Path

import pytest

from server.settings import (
    SETTINGS,
    Settings,
    SettingsError,
    as_markdown,
    load,
    unknown_variables,
    with_secret_key,
)

HOME = {"HOME": "/home/ann"}


def test_everything_has_a_default() -> None:
    found = load(HOME)
    assert found.data_dir == Path("/home/ann/.local/share/talaria")
    assert found.embedded
    assert (found.host, found.port, found.web_workers, found.web_threads) == (
        *("127.0.0.1", 8080),
        *(1, 64),
    )
    assert (found.body_timeout_s, found.max_body_bytes) == (30, 8 * 1024 * 1024)
    assert (found.dispatch_sweep_s, found.log_level, found.secret_key) == (2, "info", "")
    assert found.public_url == "http://127.0.0.1:8080"
    assert found.pg_bin is None


def test_table_and_settings_have_the_same_names() -> None:
    fields = {each.name for each in dataclasses.fields(Settings)}
    assert {row.name for row in SETTINGS} == fields
    assert len({row.variable for row in SETTINGS}) == len(SETTINGS)


def test_data_folder_follows_xdg_unless_that_is_relative() -> None:
    assert load(HOME | {"XDG_DATA_HOME": "/data"}).data_dir == Path("/data/talaria")
    assert load(HOME | {"XDG_DATA_HOME": "data"}).data_dir.is_relative_to("/home/ann")


@pytest.mark.parametrize(
    "written", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"]
)
def test_every_usual_spelling_of_a_database_is_understood(written: str) -> None:
    found = load(HOME | {"DATABASE_URL": written})
    assert found.database_url == "postgresql+psycopg://u:p@h/d"
    assert found.owner_database_url == found.database_url
    assert not found.embedded


def test_socket_and_query_of_a_database_address_are_kept() -> None:
    written = "postgresql:///talaria?host=/var/run/postgresql&sslmode=require"
    found = load(HOME | {"DATABASE_URL": written}).database_url
    assert "host=%2Fvar%2Frun%2Fpostgresql" in found
    assert "sslmode=require" in found


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("TALARIA_PORT", "http", "a whole number from 1 to 65535"),
        ("TALARIA_PORT", "70000", "a whole number from 1 to 65535"),
        ("TALARIA_PORT", "-1", "a whole number from 1 to 65535"),
        ("TALARIA_PORT", "٨٠٨٠", "a whole number from 1 to 65535"),
        ("TALARIA_PORT", "9" * 5_000, "a whole number from 1 to 65535"),
        ("TALARIA_WEB_THREADS", "2", "a whole number from 4 to 512"),
        ("TALARIA_BODY_TIMEOUT_S", "1e3", "a number of seconds from 1 to 600"),
        ("TALARIA_BODY_TIMEOUT_S", "nan", "a number of seconds from 1 to 600"),
        ("TALARIA_DATA_DIR", "data", "the whole path, for example "),
        ("TALARIA_PG_BIN", "bin", "the whole path, for example "),
        ("TALARIA_LOG_LEVEL", "infos", "did you mean info?"),
        ("TALARIA_PUBLIC_URL", "sales.example", "https://sales.example"),
        ("TALARIA_PUBLIC_URL", "https://sales.example/app", "without a path"),
        ("TALARIA_HOST", "a b", "127.0.0.1"),
        ("TALARIA_HINT_CHANNEL", "Talaria!", "small letters"),
        ("TALARIA_PREPARE_THRESHOLD", "never", "a whole number from 0 to 1000"),
    ],
)
def test_value_that_cannot_be_used_is_told_with_its_remedy(
    variable: str, value: str, remedy: str
) -> None:
    with pytest.raises(SettingsError) as told:
        load(HOME | {variable: value})
    words = str(told.value)
    assert words.startswith(f"{variable}={value!r}: write ")
    assert remedy in words
    assert "\n" not in words


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "postgresql://u:hunter2@h:port/d"),
        ("DATABASE_URL", "postgresql://u:hunter2@h"),
        ("TALARIA_SECRET_KEY", "hunter2"),
    ],
)
def test_bad_secret_is_told_without_showing_it(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable}=.*its value is secret.*: write") as told:
        load(HOME | {variable: value})
    assert "hunter2" not in str(told.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        load(HOME | {"TALARIA_PORT": "x", "TALARIA_WEB_WORKERS": "0"})
    assert len(str(told.value).splitlines()) == 2


def test_owner_without_a_database_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL is not"):
        load(HOME | {"DATABASE_OWNER_URL": "postgresql://o:p@h/d"})


def test_secrets_are_not_in_what_is_printed() -> None:
    values = {"DATABASE_URL": "postgresql://u:hunter2@h/d", "TALARIA_SECRET_KEY": "k" * 40}
    assert "hunter2" not in repr(load(HOME | values))
    assert "kkkk" not in repr(load(HOME | values))


def test_pooler_in_front_switches_preparing_off() -> None:
    assert load(HOME | {"TALARIA_PREPARE_THRESHOLD": "off"}).prepare_threshold is None
    assert load(HOME | {"TALARIA_PREPARE_THRESHOLD": "0"}).prepare_threshold == 0


def test_secret_key_is_made_once_kept_private_and_not_over_a_given_one(tmp_path: Path) -> None:
    bare = load(HOME | {"TALARIA_DATA_DIR": str(tmp_path / "data")})
    made = with_secret_key(bare)
    assert len(made.secret_key) >= 32
    assert with_secret_key(bare) == made
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    given = dataclasses.replace(bare, secret_key="g" * 40)
    assert with_secret_key(given) is given


def test_variable_that_sets_nothing_is_told_with_the_likely_meaning() -> None:
    said = unknown_variables({"TALARIA_PROT": "1", "TALARIA_PORT": "1", "TALARIA_TEST_PG": "15"})
    assert said == ["TALARIA_PROT sets nothing: did you mean TALARIA_PORT?"]


def test_table_for_the_readme_has_a_row_for_every_variable() -> None:
    lines = as_markdown().splitlines()
    assert len(lines) == len(SETTINGS) + 2
    for row in SETTINGS:
        assert row.says.endswith(".")
        assert any(line.startswith(f"| `{row.variable}` |") and row.says in line for line in lines)
    assert os.environ.get("HOME", "-") not in as_markdown()
