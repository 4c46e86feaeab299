"""Asking a delivery system over HTTP what it has of a day, page by page (reckoning.py)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import quote

from server.delivery.connection import Interrupted, NotAllowed, NotReached, Reply
from server.delivery.contract import Reckoning, Retry
from server.delivery.document import instant
from server.delivery.reckoning import CannotReckon, NotWhole, Page, read_page, whole

PAGES = 500
Ask = Callable[[str, str, float], Reply]
"""GET a path, signed under a webhook id, within so many seconds."""


def list_of_day(
    ask: Ask,
    wait_s: Callable[[Reply], float | None],
    day: date,
    begins_at: datetime,
    ends_at: datetime,
    deadline_s: float,
) -> Reckoning:
    """All pages of a day, held to their totals; a system without such a list is asked no more."""
    span = f"day={day}&from={quote(instant(begins_at))}&to={quote(instant(ends_at))}"
    until_s, after, pages = time.monotonic() + deadline_s, "", list[Page]()
    while len(pages) < PAGES:
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            return Retry("the list of the day: the time for it is over")
        path = f"/reconcile?{span}&after={quote(after, safe='')}"
        try:
            reply = ask(path, f"reconcile/{day}/{after}", left_s)
        except NotAllowed as error:
            return CannotReckon(str(error))
        except (NotReached, Interrupted) as error:
            return Retry(f"the list of the day: {error}")
        if reply.status in (404, 405, 501):
            return CannotReckon(f"it has no list of a day (HTTP {reply.status})")
        if reply.status != 200 or not plain_json(reply):
            return Retry(f"the list of the day: HTTP {reply.status}", wait_s(reply))
        try:
            pages.append(read_page(reply.body, day))
            if not pages[-1].next:
                return whole(pages)
        except NotWhole as why:
            return Retry(f"the list of the day: {why}")
        after = pages[-1].next
    return Retry(f"the list of the day has more than {PAGES} pages")


def plain_json(reply: Reply) -> bool:
    """Whether an answer is a whole JSON document, as it was written."""
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    unpacked = reply.headers.get("content-encoding", "identity").lower() == "identity"
    is_json = kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
    return reply.whole and unpacked and is_json
