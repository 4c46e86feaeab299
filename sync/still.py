"""A pull with nothing new, which is what most handhelds ask most of the day.

One statement looks at the cursor, the heads of its feeds and the age of stock and receivables, all
in the one snapshot a statement has. Whatever is not plainly so is left to pull.read_page.
"""

from typing import Any

from sqlalchemy import Connection

from sync.carrier import Carrier
from sync.queries import pull as queries
from sync.stand import Answer


def nothing_new(conn: Connection, carrier: Carrier, asked: Any) -> Answer | None:
    """The answer when no feed of the handheld's cursor has moved, else None. Ends the transaction.

    asked: a decoded schemas.page.PullRequest.
    """
    if asked.cursor is None or asked.page is not None:
        return None
    found = queries.still(
        conn, carrier.cell, asked.cursor, carrier.device, asked.schema, asked.epoch,
        [carrier.company_cell, carrier.cell],
    )  # fmt: skip
    if found is None:
        return None
    epoch, stock, receivable = found
    return Answer(epoch, cursor=asked.cursor, complete=True, usable=True, as_of=(stock, receivable))
