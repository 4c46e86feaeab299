"""What looks.py says of a page that is wrong: a test of screens that cannot fail would be worth
nothing."""

import pytest
from playwright.sync_api import Browser

from tests.browser import looks

pytestmark = [pytest.mark.browser]

GOOD = '<main><h1>Day</h1><button style="width:48px;height:48px">Go</button></main>'
SMALL_BUTTON = '<main><h1>Day</h1><button style="width:40px;height:30px">Go</button></main>'
PLANTED = {
    '<main><h1>Day</h1><div style="width:900px">wide</div></main>': "px too wide",
    '<main><h1>Day</h1><p style="color:#bbb;background:#fff">pale</p></main>': "color-contrast",
    '<main><h1>Day</h1><button style="width:48px;height:48px"></button></main>': "button-name",
    SMALL_BUTTON: "too small to hit: Go: 40 x 30",
}


@pytest.mark.parametrize("body", [GOOD, *PLANTED])
def test_a_planted_fault_is_noticed(chromium: Browser, body: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.set_content(f'<html lang="en"><title>Day</title><body style="margin:0">{body}</body>')
    found = looks.faults(page)
    page.close()
    if body == GOOD:
        assert found == []
    else:
        assert any(PLANTED[body] in fault for fault in found), found
