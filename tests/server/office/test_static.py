"""The look's own promises: contrast, one set of names, nothing fetched from elsewhere."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[3] / "server" / "office" / "static"
TOKENS = (STATIC / "tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
TEXTS = ("ink", "ink-soft", "ink-faint", "accent", "go", "done", "wait", "stop", "calm")
GROUNDS = ("ground", "sheet", "raised")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS]
PAIRS += [("wait", "wait-wash"), ("stop", "stop-wash"), ("on-accent", "accent")]
PAIRS += [("accent-strong", "accent-wash"), ("ink", "fresh")]


def colours(scheme: str) -> dict[str, str]:
    """Name -> #rrggbb in a colour scheme."""
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")[:2]
    named = dict(COLOUR.findall(light))
    return named | dict(COLOUR.findall(dark.split("@media")[0])) if scheme == "dark" else named


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    named = colours(scheme)
    faint = {}
    for text, ground in PAIRS:
        light, dark = sorted((luminance(named[text]), luminance(named[ground])), reverse=True)
        contrast = (light + 0.05) / (dark + 0.05)
        if contrast < 4.5:
            faint[f"{text} on {ground}"] = round(contrast, 2)
    assert faint == {}


def test_sheets_use_only_the_tokens_colours() -> None:
    for sheet in ("console.css", "pages.css"):
        text = (STATIC / sheet).read_text()
        loose = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", text))
        assert loose <= {"#fff"}, sheet  # the paper of a QR code
        known = set(re.findall(r"--([\w-]+):", TOKENS))
        unknown = set(re.findall(r"var\(--([\w-]+)\)", text)) - known
        assert unknown == set(), sheet


def test_nothing_is_fetched_from_elsewhere() -> None:
    ours = [*STATIC.glob("*.*"), *(STATIC.parent / "templates").glob("*.html")]
    assert len(ours) > 20
    for path in ours:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[\w.-]+\.\w+/|@import", text), path.name
