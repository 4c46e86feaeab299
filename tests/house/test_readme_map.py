"""The README's "Where is ...?" table is a map, and a map must be true.

It reads lines of a table under a heading that starts with "Where is"; in them, what stands in
backticks and looks like a path is one. `sync/rules/all.py: RULES` also promises that name in that
file.
"""

import re
from pathlib import Path

from tests.house.tree import ROOT, expect_none, files

HEADING = re.compile(r"^#+\s*Where is\b.*$", re.IGNORECASE | re.MULTILINE)
TICKS = re.compile(r"`([^`]+)`")
PATH = re.compile(r"^[\w.*-]+(/[\w.*-]*)+$|^[\w-]+\.(py|md|toml|lock)$|^Makefile$")
WORD = re.compile(r"`(?:\$ )?make ([a-z][a-z-]*)|^\s*(?:\$ )?make ([a-z][a-z-]*)", re.MULTILINE)
UNMAPPED = {".ci", "tests", "bench"}
"""Top-level folders that need no row of their own."""


def map_lines(readme: str) -> list[str]:
    """The table lines of the map; empty when there is no map."""
    heading = HEADING.search(readme)
    if heading is None:
        return []
    section = re.split(r"^#+\s", readme[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.lstrip().startswith("|")]
    return [line for line in lines[1:] if not re.fullmatch(r"[\s|:-]+", line)]


def map_faults(readme: str, root: Path) -> list[str]:
    """Lines of the map that lead nowhere, or hold no path at all."""
    lines = map_lines(readme)
    if not lines:
        return ['README.md has no table under a heading "Where is ...?"']
    found = []
    for line in lines:
        paths = 0
        for quoted in TICKS.findall(line):
            path, _, name = quoted.partition(":")
            if not PATH.match(path):
                continue
            paths += 1
            matches = list(root.glob(path.strip("/")))
            if not matches:
                found.append(f"README.md: {path} does not exist")
            elif name.strip() and not any(
                name.strip() in match.read_text() for match in matches if match.is_file()
            ):
                found.append(f"README.md: {path} has no {name.strip()}")
        if paths == 0:
            found.append(f"README.md: this line of the map names no path: {line.strip()}")
    return found


def unmapped_folders(readme: str, paths: tuple[str, ...]) -> list[str]:
    """Top-level folders that the map never leads to."""
    folders = {path.split("/")[0] for path in paths if "/" in path} - UNMAPPED
    text = "\n".join(map_lines(readme))
    return [
        f"{folder}/ is not on the map" for folder in sorted(folders) if f"`{folder}/" not in text
    ]


def unknown_words(page: str, text: str, known: set[str]) -> list[str]:
    """`make` words a page promises that do not exist."""
    said = {first or second for first, second in WORD.findall(text)}
    return [f"{page}: there is no `make {word}`" for word in sorted(said - known)]


def readme() -> str:
    """The README; saying what is expected of it where it is missing."""
    path = ROOT / "README.md"
    assert path.exists(), "README.md is missing: it needs a map, a table headed 'Where is ...?'"
    return path.read_text()


def test_every_line_of_the_map_leads_somewhere() -> None:
    expect_none(map_faults(readme(), ROOT))


def test_every_top_level_folder_is_on_the_map() -> None:
    expect_none(unmapped_folders(readme(), files()))


def test_every_make_word_on_the_pages_exists() -> None:
    known = set(
        re.findall(r'^    "([a-z-]+)": Word\(', (ROOT / "make.py").read_text(), re.MULTILINE)
    )
    assert "demo" in known
    pages = [path for path in ("README.md", "CONTRIBUTING.md") if (ROOT / path).exists()]
    found = [f for page in pages for f in unknown_words(page, (ROOT / page).read_text(), known)]
    expect_none(found)


def test_a_false_map_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "sync").mkdir()
    (tmp_path / "sync" / "rules.py").write_text("RULES = {}\n")
    table = "## Where is ...?\n\n| question | place |\n| --- | --- |\n"
    good = table + "| when stock is short? | `sync/rules.py: RULES` |\n\n## Next\n"
    assert map_faults(good, tmp_path) == []
    assert unmapped_folders(good, ("sync/rules.py",)) == []
    assert map_faults(table + "| x | `sync/gone.py` |\n", tmp_path) != []
    assert map_faults(table + "| x | `sync/rules.py: GONE` |\n", tmp_path) != []
    assert map_faults(table + "| x | somewhere |\n", tmp_path) != []
    assert map_faults("# Talaria\n", tmp_path) != []
    assert unmapped_folders(good, ("sync/rules.py", "routes/plan.py")) == [
        "routes/ is not on the map"
    ]


def test_a_made_up_make_word_is_noticed() -> None:
    text = "Run `make demo`.\n\n    make tset\n\nYou make it work.\n"
    assert unknown_words("README.md", text, {"demo"}) == ["README.md: there is no `make tset`"]
