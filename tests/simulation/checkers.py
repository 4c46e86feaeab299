"""What is wrong, in words: pure functions of a history and of what stands at the end.

Each takes (history, standing) and returns sentences; none = nothing is wrong. CHECKERS names them
by the count they belong to. They know neither how the history was made nor by whom.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from schemas.rows import PARTS
from tests.simulation.checkers_told import (
    anothers,
    gaps,
    out_of_order,
    sessions,
    stumbled,
    told_otherwise,
)
from tests.simulation.history import History
from tests.simulation.standing import MADE, TAKEN, Standing

BESIDE = PARTS["card", "competitors"]
ROUNDS = 2
"""So many syncs after the healing, and nothing waits any more."""
Checker = Callable[[History, Standing], list[str]]


def _captured(history: History) -> dict[str, dict[str, Any]]:
    """Change -> its entry, but for ids that were stolen from another one."""
    return {one["id"]: one for one in history.of("captured") if not one.get("stolen")}


def _vanished(history: History) -> set[str]:
    return {change for one in history.of("vanished") for change in one["ids"]}


def lost(history: History, standing: Standing) -> list[str]:
    """Every change that was ever on a handheld's disk has its receipt, and a row if it made one.

    Excused are those whose only bytes were on a disk that was put back, or rotted there.
    """
    receipts = {one["change"]: one for one in standing.receipts}
    excused = _vanished(history) | standing.damaged
    wrong = []
    for change, one in _captured(history).items():
        receipt = receipts.get(change)
        if receipt is None:
            if change not in excused:
                wrong.append(f"{one['kind']} {one['act']} {change} of {one['device']} is lost")
            continue
        for kind, key in receipt["refs"].items():
            if kind in MADE and key not in standing.rows[kind]:
                wrong.append(f"{kind} {key} of change {change} was told of and is not there")
    return wrong


def beside_lost(history: History, standing: Standing) -> list[str]:
    """The competitor lines of a card are at rest as they were captured, whatever became of it."""
    taken = {one["change"] for one in standing.receipts if one["outcome"] in TAKEN}
    wrong = []
    for change, one in _captured(history).items():
        if (one["kind"], one["act"]) != ("card", "submit") or change not in taken:
            continue
        body = msgspec.json.decode(one.get("raw") or "{}").get("body")
        if body is None or one["row"] not in standing.beside:
            continue  # a history without the bytes of changes; a row that is lost is told of above
        said = [[line.get(name) for name in BESIDE] for line in body.get("competitors", ())]
        if standing.beside[one["row"]] != (said or None):
            there = standing.beside[one["row"]]
            wrong.append(f"beside the products of card {one['row']} stood {said}, and is {there}")
    return wrong


def time_lost(history: History, standing: Standing) -> list[str]:
    """Nobody is told of a new epoch before the database became an older one: handhelds that know
    more than it, and heal it, know what it said and did not keep."""
    epochs: set[str] = set()
    for one in history.of("pulled", "repaired", "epoch"):
        if one["what"] == "epoch":
            break
        epochs.add(one["epoch"])
        if len(epochs) > 1:
            return [f"{one['device']} was told that the server lost time, and it had lost none"]
    return []


def doubled(history: History, standing: Standing) -> list[str]:
    """No change has two receipts, no row is there twice, no number of an order twice."""
    wrong = []
    counts = Counter(one["change"] for one in standing.receipts)
    wrong += [f"change {change} has {n} receipts" for change, n in counts.items() if n > 1]
    for kind, ids in standing.rows.items():
        wrong += [f"{kind} {key} is there {n} times" for key, n in ids.items() if n > 1]
    made = Counter(
        (receipt["subject"], receipt["act"]) for receipt in standing.receipts
        if receipt["act"] in ("submit", "create") and receipt["outcome"] in TAKEN
        and receipt["kind"] in receipt["refs"]
        and receipt["change"] == receipt["id"]
    )  # fmt: skip
    wrong += [f"{subject} was made {n} times" for (subject, _), n in made.items() if n > 1]
    return wrong


def phantom(history: History, standing: Standing) -> list[str]:
    """Nothing is there that nobody captured."""
    captured = {one["id"] for one in history.of("captured")}
    wrong = [
        f"a receipt of {one['id']}, which no handheld captured"
        for one in standing.receipts
        if one["id"] not in captured and one["kind"] != "unknown"
    ]
    rows: dict[str, set[str]] = {}
    for one in history.of("captured"):
        rows.setdefault(one["kind"], set()).add(one["row"])
    by_office = {one.get("about") for one in history.of("office")}
    for kind in ("order", "visit", "card", "collection"):
        wrong += [
            f"{kind} {key} is there, and nobody captured it"
            for key in standing.rows[kind]
            if key not in rows.get(kind, ()) and key not in by_office
        ]
    return wrong


def diverged(history: History, standing: Standing) -> list[str]:
    """Each copy is exactly what SQL says of the scopes its rep carries."""
    wrong = []
    for name, held in standing.copies.items():
        should = standing.truth[name]
        if held == should:
            continue
        missing, extra = should.keys() - held.keys(), held.keys() - should.keys()
        other = [key for key in held.keys() & should.keys() if held[key] != should[key]]
        wrong.append(
            f"{name}: missing {sorted(missing)[:3]} ({len(missing)}), too many "
            f"{sorted(extra)[:3]} ({len(extra)}), different {sorted(other)[:3]} ({len(other)})"
        )
    return wrong


def stuck(history: History, standing: Standing) -> list[str]:
    """Nothing waits to be sent any more, and it took no more than two syncs to come so far."""
    wrong = []
    for name, outbox in standing.outboxes.items():
        waiting = [
            change for change, (_, outcome) in outbox.items()
            if outcome is None and change not in standing.damaged
        ]  # fmt: skip
        if waiting:
            wrong.append(f"{name}: {len(waiting)} changes never got an answer, {waiting[:3]}")
        rounds = standing.rounds.get(name, 0)
        if rounds < 0 or rounds > ROUNDS:
            wrong.append(f"{name}: {'many' if rounds < 0 else rounds} syncs to come to rest")
    return wrong


def kept_waiting(history: History, standing: Standing) -> list[str]:
    """What waits at the server waits for something that is not there."""
    decided = {one["change"] for one in standing.receipts if one["outcome"] != "waiting"}
    captured = _captured(history)
    wrong = []
    for one in standing.receipts:
        if one["outcome"] != "waiting" or one["change"] not in captured:
            continue
        ground = msgspec.json.decode(captured[one["change"]]["raw"])["depends_on"]
        if decided.issuperset(ground):
            wrong.append(f"change {one['change']} waits for what was decided long ago")
    return wrong


def delivered(history: History, standing: Standing) -> list[str]:
    """What was accepted is at the delivery system once; nothing is there that was not."""
    wrong = [
        f"{reference} is at the delivery system {n} times"
        for reference, n in standing.documents.items() if n > 1
    ]  # fmt: skip
    known = {f"{one['order']}/{one['revision']}" for one in standing.deliveries}
    strange = sorted(standing.documents.keys() - known - _forgotten(history))
    wrong += [f"{one} was delivered, and never asked for" for one in strange]
    for one in standing.deliveries if standing.settled else ():
        reference = f"{one['order']}/{one['revision']}"
        if one["state"] == "acknowledged" and reference not in standing.documents:
            wrong.append(f"{reference} is called acknowledged, and is not there")
        if one["state"] in ("queued", "sending", "unknown"):
            wrong.append(f"{reference} never left: {one['state']}")
    return wrong


def _forgotten(history: History) -> set[str]:
    """References that were sent before the database became an older one: the order may have been
    decided otherwise since, which the nightly comparison tells the office."""
    sent: set[str] = set()
    forgotten: set[str] = set()
    for one in history.of("delivery", "epoch"):
        if one["what"] == "epoch":
            forgotten |= sent
        else:
            sent.add(one["reference"])
    return forgotten


def sums(history: History, standing: Standing) -> list[str]:
    """Stock, receivables, promotions and all else that is a sum is the sum of its parts."""
    return standing.sums


def never_read(history: History, standing: Standing) -> list[str]:
    """Set-full: what a handheld's work made, and its rep carries, came back to it at some time.

    Left out are handhelds whose folder is, or was made, another one's."""
    faults = list(history.of("fault"))
    apart = {one.get("other") for one in faults if one["kind"] == "cloned"}
    apart |= {one["device"] for one in faults if one["kind"] in ("restored", "cloned")}
    taken = {one["change"] for one in standing.receipts if one["outcome"] in TAKEN}
    read = {
        (one["device"], kind, key)
        for one in history.of("pulled", "repaired")
        for kind, rows in one["rows"].items()
        for key, _ in rows
    }
    wrong = []
    for one in history.of("captured"):
        device, row = one["device"], (one["kind"], one["row"])
        if device in apart or one["id"] not in taken or row not in standing.truth.get(device, {}):
            continue
        if (device, *row) not in read:
            wrong.append(f"{device} never read its own {row[0]} {row[1]}")
    return wrong


def healed_in_secret(history: History, standing: Standing) -> list[str]:
    """A comparison finds nothing wrong in a copy whose disk has not failed: what a night repairs
    was a mistake, though it is gone by the end."""
    rotten = {one["device"] for one in history.of("fault") if one["kind"] == "rotten_copy"}
    rotten |= {
        one["other"] for one in history.of("fault")
        if one["kind"] == "cloned" and one["device"] in rotten
    }  # fmt: skip
    named = {one["of"] for one in history.of("enrolled") if one["device"] in rotten}
    return [
        f"{kind} {key} on {device} was {what}, and nothing had happened to it"
        for device, kind, key, what in standing.repairs
        if device not in named
    ]


CHECKERS: dict[str, tuple[Checker, ...]] = {
    "lost": (lost, beside_lost, time_lost),
    "duplicated": (doubled,),
    "phantom": (phantom,),
    "diverged": (diverged, healed_in_secret, never_read),
    "stuck": (stuck, kept_waiting),
    "untrue": (told_otherwise, anothers, sessions),
    "disordered": (out_of_order, gaps),
    "undelivered": (delivered,),
    "miscounted": (sums,),
    "stumbled": (stumbled,),
}
"""Count in the line -> what is looked at for it."""


def check(history: History, standing: Standing) -> dict[str, list[str]]:
    """Every checker's findings, by count."""
    return {
        name: [wrong for one in checkers for wrong in one(history, standing)]
        for name, checkers in CHECKERS.items()
    }
