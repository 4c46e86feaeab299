"""Draws the app's icons as PNG from their SVG: `python -m tests.browser.icons`.

Phones want pixels: one size for each row of the manifest, and 180 for those that read none.
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).parents[2] / "handhelds" / "pwa" / "icons"
DRAWN = {"icon": (192, 512), "icon-mask": (180, 512)}
"""SVG -> the sizes it is drawn in."""


def main() -> None:
    """Draw every icon anew."""
    path = os.environ.get("TALARIA_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        for name, sizes in DRAWN.items():
            svg = (ICONS / f"{name}.svg").read_text()
            for size in sizes:
                page = browser.new_page(viewport={"width": size, "height": size})
                fill = "<style>html,body{margin:0;background:none}svg{display:block}</style>"
                page.set_content(fill + svg)
                to = ICONS / f"{name}-{size}.png"
                page.screenshot(path=to, omit_background=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
