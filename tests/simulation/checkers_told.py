"""What handhelds were told: the same each time, in its order, of their own work and of no fault.

Pure functions like those of checkers.py, which names them.
"""

from typing import Any

from tests.simulation.history import History
from tests.simulation.standing import TAKEN, Standing


def anothers(history: History, standing: Standing) -> list[str]:
    """Nobody is told of a change of theirs what became of somebody else's under the same id; whose
    came first, its own outcome is told."""
    stolen = {
        (one["device"], one["id"]): one["row"]
        for one in history.of("captured") if one.get("stolen")
    }  # fmt: skip
    return [
        f"{one['device']} was told {one['outcome']} of change {one['id']}, which is another's"
        for one in history.of("verdict")
        if one["outcome"] in TAKEN
        and stolen.get((one["device"], one["id"])) not in (None, *(one["refs"] or {}).values())
    ]


def told_otherwise(history: History, standing: Standing) -> list[str]:
    """A handheld was told what the receipt says, each time it was told; what was held for a person
    may have been decided by one since, of which pulled rows tell."""
    stolen = {one["id"] for one in history.of("captured") if one.get("stolen")}
    receipts = {one["change"]: one for one in standing.receipts if one["id"] not in stolen}
    last: dict[str, dict[str, Any]] = {}
    wrong = []
    for one in history.of("verdict", "epoch"):
        if one["what"] == "epoch":  # what is decided anew may be decided otherwise
            last.clear()
            continue
        if one["id"] in stolen:
            continue
        before = last.get(one["id"])
        if before is not None and _contradict(before, one) and not _reuses(before, one):
            wrong.append(f"change {one['id']} was {before['outcome']}, then {one['outcome']}")
        last[one["id"]] = one
    for name, outbox in standing.outboxes.items():
        for change, (_, outcome) in outbox.items():
            receipt = receipts.get(change)
            if receipt is None or outcome in (None, "held", receipt["outcome"]):
                continue
            if not _reuses(last.get(change, {})):
                told = receipt["outcome"]
                wrong.append(f"{name} shows {change} as {outcome}, the receipt says {told}")
    return wrong


def _contradict(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the second of two verdicts is not what may become of the first."""
    return one["outcome"] not in ("waiting", "held", other["outcome"])


def _reuses(*verdicts: dict[str, Any]) -> bool:
    return any("id_reused" in (one.get("rules") or ()) for one in verdicts)


def out_of_order(history: History, standing: Standing) -> list[str]:
    """What one handheld made is decided in the order it made it, one name at a time.

    By n, receipts never go back in time; what waited for something else is decided later. What
    comes after the database became an older one is not looked at: a handheld may learn of it
    only by the answer to its newest change, and then offers the older ones again."""
    until = next((one["at"] for one in history.of("epoch")), "9999")
    wrong = []
    waited = {one["id"] for one in history.of("verdict") if one["outcome"] == "waiting"}
    last: dict[str, tuple[int, str]] = {}
    by_n = sorted(
        (one for one in standing.receipts if one["n"] is not None and one["change"] == one["id"]),
        key=lambda one: (one["device"], one["n"]),
    )
    for one in by_n:
        n, at = last.get(one["device"], (0, ""))
        if one["change"] in waited or one["received_at"] >= until:
            continue
        if one["received_at"] < at:
            wrong.append(f"{one['device']}: n {one['n']} was decided before n {n}")
        last[one["device"]] = one["n"], one["received_at"]
    return wrong


def gaps(history: History, standing: Standing) -> list[str]:
    """Each feed's numbers are different, none is above its head, and each handheld's n begin
    at 1 and leave none out. What waited, or was lost with the database's last hours, went with
    its handheld to the name this has now, and is answered there; what waited, also with a copy
    of the handheld that sent it last."""
    wrong = [
        f"the feed of cell {cell} counts wrongly: head {head}, {entries} entries, {places} places"
        for cell, head, entries, places, highest in standing.feeds
        if entries != places or highest > head
    ]
    by_device: dict[str, set[int]] = {}
    for one in standing.receipts:
        if one["n"] is not None:
            by_device.setdefault(one["device"], set()).add(one["n"])
    answered = {(one["device"], one["id"]) for one in standing.receipts}
    anywhere = {change for _, change in answered}
    names: dict[str, list[str]] = {}
    for one in history.of("enrolled", "verdict"):
        had = names.setdefault(one["device"], [])
        if one["of"] not in had:
            had.append(one["of"])
    went: dict[str, set[int]] = {}
    for one in history.of("verdict"):
        had = names[one["device"]]
        adopted = one["outcome"] == "waiting" and one["id"] in anywhere
        if adopted or any(
            (name, one["id"]) in answered for name in had[had.index(one["of"]) + 1 :]
        ):
            went.setdefault(one["of"], set()).add(one["n"])
    for device, numbers in by_device.items():
        missing = set(range(1, max(numbers) + 1)) - numbers - went.get(device, set())
        if missing:
            wrong.append(f"{device}: no receipt for n {sorted(missing)[:5]}")
    return wrong


def sessions(history: History, standing: Standing) -> list[str]:
    """What a rep may rely on: versions of a row never go back on one handheld (monotonic reads),
    within one epoch and one copy."""
    wrong = []
    seen: dict[tuple[str, str, str], int] = {}
    epoch: dict[str, str] = {}
    for one in history.of("pulled", "repaired", "fault", "vanished", "epoch"):
        device = one.get("device")
        if one["what"] == "epoch":
            seen.clear()
            continue
        if one["what"] not in ("pulled", "repaired"):
            if one["what"] == "vanished" or one["kind"] in ("restored", "cloned", "rotten_copy"):
                seen = {key: v for key, v in seen.items() if key[0] != device}
            continue
        if epoch.setdefault(device, one["epoch"]) != one["epoch"]:
            epoch[device] = one["epoch"]
            seen = {key: v for key, v in seen.items() if key[0] != device}
        for kind, rows in one["rows"].items():
            for key, version in rows:
                if seen.get((device, kind, key), 0) > version:
                    wrong.append(f"{device}: {kind} {key} went back to version {version}")
                seen[device, kind, key] = version
        for kind, ids in one["gone"].items():
            for key in ids:
                seen.pop((device, kind, key), None)
    return wrong


def stumbled(history: History, standing: Standing) -> list[str]:
    """The server never says that something broke inside it, and no change is held for that."""
    wrong = [
        f"{one['path']} of {one['device']} was answered 500"
        for one in history.of("request") if one["status"] == 500
    ]  # fmt: skip
    wrong += [
        f"change {one['id']} of {one['device']} is held for a fault of the server"
        for one in history.of("verdict") if "server_fault" in one["rules"]
    ]  # fmt: skip
    return wrong
