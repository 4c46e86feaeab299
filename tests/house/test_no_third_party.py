"""What must never be committed: others' code, registries' addresses, machines' paths, secrets.

Patterns are written so that this file does not find itself: `[j]s` matches js, and is not js.
"""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, expect_none, faults, files, text_files

LARGEST_BYTES = 1_500_000
OTHERS_CODE = re.compile(
    r"(^|/)(node_modules|vendor|third_party|\.venv|site-packages)/|\.min\.(js|css)$|\.(wasm|whl|jar)$"
)
FORBIDDEN = {
    "a registry's address": re.compile(
        r"registry\.npm[j]s|pypi\.org/[s]imple|files\.python[h]osted|registry\.yarn[p]kg|npm[m]irror"
        r'|"[r]esolved"\s*:\s*"http|--(extra-)?index-[u]rl|--find-[l]inks'
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.:/-])/(work|home/(?!user\b|you\b|ann\b)\w+|root|Users/\w+|tmp/w)/|[A-Z]:\\Users\\"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE [K]EY"),
    "an access token": re.compile(
        r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abp]-\w{10,}|npm_\w{36}|pypi-AgEI\w{20,})"
    ),
    "a name and password in an address": re.compile(
        r"https?://[^\s/:@'\"{}<>$]+:(?!secret@|password@)[^\s/:@'\"{}<>$]+@"
    ),
    "someone's licence": re.compile(r"@licen[cs]e|Copyright \(c\) (?!The Talaria)|SPDX-Lic[e]nse"),
}


def misplaced(path: str, size_bytes: int) -> list[str]:
    """Others' code by its place or name, and files too large for a repository of text."""
    found = [f"{path}: others' code is fetched, not committed"] if OTHERS_CODE.search(path) else []
    if size_bytes > LARGEST_BYTES:
        found.append(f"{path}: {size_bytes} bytes, more than {LARGEST_BYTES}")
    return found


def forbidden_text(path: str, text: str) -> list[str]:
    """Lines with something that must not leave the machine it was written on."""
    if path == "LICENSE":
        return []
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}: {match.group()[:40]}"
        for what, pattern in FORBIDDEN.items()
        for match in [pattern.search(text)]
        if match
    ]


def test_only_our_own_files_are_committed() -> None:
    found = [f for path in files() for f in misplaced(path, (ROOT / path).stat().st_size)]
    expect_none(found)


def test_nothing_forbidden_is_committed() -> None:
    expect_none(faults(forbidden_text, text_files()))


def test_what_the_set_up_makes_is_ignored_by_git() -> None:
    ignored = Path(ROOT / ".gitignore").read_text().split()
    folders = ("/server/office/static/vendor/", "/handhelds/pwa/vendor/", "/handhelds/pwa/built/")
    for made in ("/.venv/", "node_modules/", *folders):
        assert made in ignored


@pytest.mark.parametrize(
    "planted",
    [
        '"resol' + 'ved": "https://somewhere"',
        "see https://registry.npm" + "js.org/x",
        "--index-" + "url https://example.com",
        "open('/wo" + "rk/main/data.csv')",
        "/ho" + "me/anna/talaria",
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "token = 'ghp_" + "a" * 36 + "'",
        "https://anna:hunter2" + "@example.com/",
        "/* Copyright " + "(c) 2020 Somebody */",
    ],
)
def test_a_planted_fault_is_noticed(planted: str) -> None:
    assert len(forbidden_text("a.txt", f"first line\n{planted}\n")) == 1
    assert forbidden_text("a.txt", f"x\n{planted}\n")[0].startswith("a.txt:2: ")


def test_harmless_text_is_left_alone() -> None:
    for text in ("the work/ folder", "https://example.com/work/1", "/home/ann/talaria", "rework/x"):
        assert forbidden_text("a.txt", text) == [], text


def test_a_committed_bundle_is_noticed() -> None:
    assert misplaced("server/office/static/vendor/htmx.min.js", 10) != []
    assert misplaced("handhelds/pwa/app.js", LARGEST_BYTES + 1) != []
    assert misplaced("handhelds/pwa/app.js", 10) == []
