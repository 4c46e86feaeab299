"""What a folder need not keep for ever: what was read, and records of what was answered long ago.

    done/          files that were read                                      KEPT_S
    sent/REF.ack   with its REF.sent: an order that was answered             KEPT_S

A record without an answer stays whatever its age: it alone says that the order may be theirs, and
without it the order would be put there a second time. So does what lies in failed/: it waits for a
person. Times are those of the folder's own files.
"""

from server.delivery.drop import Drop

DAY_S = 24 * 3600.0
KEPT_S = 90 * DAY_S
MOST = 5_000
"""Files deleted in one go: a folder that was never pruned takes its days."""


def prune(drop: Drop, now_s: float) -> int:
    """Delete what is older than it is kept; return how many files. Raises drop.Away."""
    before_s, gone = now_s - KEPT_S, 0
    for one in drop.names("done"):
        if one.changed_s < before_s and gone < MOST:
            drop.drop("done", one.name)
            gone += 1
    for one in drop.names("sent"):
        if one.name.endswith(".ack") and one.changed_s < before_s and gone < MOST:
            # The answer goes last: a crash between leaves no record that has lost its answer.
            drop.drop("sent", one.name.removesuffix(".ack") + ".sent")
            drop.drop("sent", one.name)
            gone += 2
    return gone
