"""The whole life of an order, as one table that code, tests and manual share. Pure.

    draft -> submitted -> received -> held -> accepted -> sent -> acknowledged
          -> allocated | short -> picking -> dispatched -> delivered -> invoiced -> closed

Exits: rejected, cancelled (only before picking), returned. Whoever writes `orders.state` takes
the word from here (tests/house/test_order_states.py), so nothing happens to an order that is not
a row below. An order never leaves its store's timeline.

`received` is where an order stands while it is decided: by the push that brought it, and again
when a person releases it or its rep revises it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

Who = Literal["rep", "office", "delivery", "job"]
"""`delivery`: the delivery system, and the dispatcher that speaks with it. `job`: the server."""
Keep = Literal["none", "take", "keep", "give_back"]
"""What a move does to the stock kept for an order, or to its part of the store's credit."""
Editable = Literal["freely", "by request", "never"]


@dataclass(frozen=True, slots=True)
class State:
    """A place in an order's life. `rank`: how far it is; two of one rank are sides of one place."""

    name: str
    rank: int
    editable: Editable
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to an order, as its timeline tells it."""

    name: str
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from `start`, `event` leads to `end`; who may, and what it does."""

    start: str
    event: str
    end: str
    who: tuple[Who, ...]
    stock: Keep
    credit: Keep


# fmt: off
STATES: Mapping[str, State] = {row.name: row for row in (
    State("draft", 0, "freely", "Draft", "草稿"),
    State("submitted", 1, "freely", "Waiting to be sent from the handheld", "待上传"),
    State("received", 2, "freely", "Received", "已接收"),
    State("held", 3, "freely", "Held", "待处理"),
    State("accepted", 4, "freely", "Accepted", "已接受"),
    State("sent", 5, "by request", "Sent", "已发送"),
    State("acknowledged", 6, "by request", "Acknowledged", "已确认"),
    State("allocated", 7, "by request", "Allocated", "已分配"),
    State("short", 7, "by request", "Short", "缺货"),
    State("picking", 8, "never", "Picking", "拣货中"),
    State("dispatched", 9, "never", "On its way", "已发货"),
    State("delivered", 10, "never", "Delivered", "已送达"),
    State("invoiced", 11, "never", "Invoiced", "已开票"),
    State("closed", 12, "never", "Closed", "已结束"),
    State("rejected", 13, "never", "Rejected", "已拒绝"),
    State("cancelled", 13, "never", "Cancelled", "已取消"),
    State("returned", 13, "never", "Returned", "已退货"),
)}

EVENTS: Mapping[str, Event] = {row.name: row for row in (
    Event("submit", "Sent when online", "提交"),
    Event("arrive", "Arrived at the server", "到达服务器"),
    Event("accept", "Accepted", "接受"),
    Event("hold", "Held for a person", "转人工处理"),
    Event("reject", "Rejected", "拒绝"),
    Event("release", "Released by a person", "人工放行"),
    Event("lapse", "Stock no longer kept: the hold has lasted too long", "保留过期，库存已释放"),
    Event("expire", "Expired: nobody released it by its cut-off", "截单前无人放行，已失效"),
    Event("revise", "Changed by its rep", "业务员修改"),
    Event("send", "Sent to the delivery system", "发送至配送系统"),
    Event("acknowledge", "Acknowledged by the delivery system", "配送系统确认"),
    Event("ask", "A change was asked of the delivery system", "向配送系统申请变更"),
    Event("change", "The delivery system took the change", "配送系统接受变更"),
    Event("cancel", "Cancelled", "取消"),
    Event("allocate", "Allocated", "分配"),
    Event("fall_short", "Allocated in part", "部分分配"),
    Event("pick", "Picking", "拣货"),
    Event("dispatch", "Left the warehouse", "发货"),
    Event("deliver", "Delivered", "送达"),
    Event("deliver_part", "Delivered in part", "部分送达"),
    Event("refuse", "Refused at the door", "拒收"),
    Event("invoice", "Invoiced", "开票"),
    Event("settle_stock", "A stock count has taken it over", "新库存快照已包含此单"),
    Event("settle_credit", "The invoice is in the receivables", "发票已进入应收"),
    Event("close", "Closed", "结束"),
    Event("return", "All of it was returned", "全部退货"),
)}

_R: Who = "rep"
_O: Who = "office"
_D: Who = "delivery"
_J: Who = "job"

MOVES: tuple[Move, ...] = (
    Move("draft", "submit", "submitted", (_R,), "none", "none"),
    Move("submitted", "arrive", "received", (_R,), "none", "none"),
    Move("received", "accept", "accepted", (_J,), "take", "take"),
    Move("received", "hold", "held", (_J,), "take", "none"),
    Move("received", "reject", "rejected", (_J,), "none", "none"),
    Move("held", "release", "received", (_O,), "give_back", "none"),
    Move("held", "revise", "received", (_R, _O), "give_back", "none"),
    Move("held", "lapse", "held", (_J,), "give_back", "none"),
    Move("held", "reject", "rejected", (_O,), "give_back", "none"),
    Move("held", "expire", "rejected", (_J,), "give_back", "none"),
    Move("held", "cancel", "cancelled", (_R, _O), "give_back", "none"),
    Move("accepted", "revise", "received", (_R, _O), "give_back", "give_back"),
    Move("accepted", "cancel", "cancelled", (_R, _O), "give_back", "give_back"),
    Move("accepted", "send", "sent", (_D,), "keep", "keep"),
    Move("sent", "acknowledge", "acknowledged", (_D, _O), "keep", "keep"),
    *(row for known in ("sent", "acknowledged", "allocated", "short") for row in (
        Move(known, "ask", known, (_R, _O), "keep", "keep"),
        Move(known, "change", known, (_D,), "take", "take"),
        Move(known, "cancel", "cancelled", (_D,), "give_back", "give_back"),
        Move(known, "reject", "rejected", (_D,), "give_back", "give_back"),
    )),
    Move("acknowledged", "allocate", "allocated", (_D,), "keep", "keep"),
    Move("acknowledged", "fall_short", "short", (_D,), "keep", "keep"),
    Move("allocated", "allocate", "allocated", (_D,), "keep", "keep"),
    Move("allocated", "fall_short", "short", (_D,), "keep", "keep"),
    Move("short", "allocate", "allocated", (_D,), "keep", "keep"),
    Move("short", "fall_short", "short", (_D,), "keep", "keep"),
    Move("allocated", "pick", "picking", (_D,), "keep", "keep"),
    Move("short", "pick", "picking", (_D,), "keep", "keep"),
    Move("picking", "dispatch", "dispatched", (_D,), "keep", "keep"),
    Move("dispatched", "deliver", "delivered", (_D,), "keep", "keep"),
    Move("dispatched", "deliver_part", "delivered", (_D,), "keep", "keep"),
    Move("dispatched", "refuse", "delivered", (_D,), "keep", "keep"),
    Move("delivered", "invoice", "invoiced", (_D,), "keep", "keep"),
    *(Move(known, "settle_stock", known, (_J,), "give_back", "keep") for known in (
        "acknowledged", "allocated", "short", "picking", "dispatched", "delivered", "invoiced",
    )),
    Move("invoiced", "settle_credit", "invoiced", (_J,), "keep", "give_back"),
    Move("delivered", "close", "closed", (_J,), "none", "none"),
    Move("invoiced", "close", "closed", (_J,), "none", "none"),
    Move("closed", "return", "returned", (_J,), "none", "none"),
)
# fmt: on

WORDS: Mapping[str, str] = {
    "acknowledged": "acknowledge",
    "allocated": "allocate",
    "short": "fall_short",
    "picking": "pick",
    "dispatched": "dispatch",
    "delivered": "deliver",
    "part_delivered": "deliver_part",
    "refused": "refuse",
    "invoiced": "invoice",
    "closed": "invoice",
    "cancelled": "cancel",
    "rejected": "reject",
}
"""A status as delivery systems tell it, in our words -> the event it is. "closed" there means that
nothing more will come; here an order closes when it also owes and keeps nothing (`close`)."""

_TABLE: Mapping[tuple[str, str], Move] = {(row.start, row.event): row for row in MOVES}
EXITS = frozenset(("rejected", "cancelled", "returned"))
KEEPS_NOTHING = frozenset(("draft", "submitted", "received", "closed", *EXITS))
"""States in which no stock is kept for an order and it has no part in the store's credit."""


class NoSuchMove(ValueError):
    """The table has no such row: this cannot happen to an order in this state."""


def move(state: str, event: str) -> Move:
    """The row of a state and an event. Raises NoSuchMove."""
    try:
        return _TABLE[state, event]
    except KeyError:
        raise NoSuchMove(f"{event} cannot happen to an order that is {state}") from None


def can(state: str, event: str, who: Who | None = None) -> bool:
    """Whether an event can happen to an order in a state, by `who` if given."""
    row = _TABLE.get((state, event))
    return row is not None and (who is None or who in row.who)


def after(state: str, event: str) -> str:
    """The state that follows. Raises NoSuchMove."""
    return move(state, event).end


def starts(event: str, who: Who | None = None) -> list[str]:
    """The states in which an event can happen, in the order of an order's life."""
    return [row.start for row in MOVES if row.event == event and (who is None or who in row.who)]


def end(event: str) -> str:
    """The one state an event leads to from anywhere. Raises NoSuchMove where there are several."""
    ends = {row.end for row in MOVES if row.event == event}
    if len(ends) != 1:
        raise NoSuchMove(f"{event} leads to {len(ends)} states")
    return ends.pop()


@cache
def path(state: str, event: str) -> tuple[Move, ...] | None:
    """How the delivery system gets an order from a state to where it says `event` happened.

    The shortest way along rows of its own: a system that says "dispatched" of an order it has only
    acknowledged has allocated and picked it. None: there is no way, the word comes too late or
    cannot be.
    """
    ways: list[tuple[str, tuple[Move, ...]]] = [(state, ())]
    seen = {state}
    while ways:
        here, way = ways.pop(0)
        row = _TABLE.get((here, event))
        if row is not None and "delivery" in row.who:
            return (*way, row)
        for row in MOVES:
            if row.start == here and "delivery" in row.who and row.end not in seen | EXITS:
                seen.add(row.end)
                ways.append((row.end, (*way, row)))
    return None


def end_of(status: str) -> str:
    """The state a word of WORDS says an order is in; of two sides of one place, the first."""
    return next(row.end for row in MOVES if row.event == WORDS[status])


def rank(state: str) -> int:
    """How far along a state is."""
    return STATES[state].rank


def editable(state: str) -> Editable:
    """How a rep may still change an order in this state."""
    return STATES[state].editable


def table() -> str:
    """Every move as a Markdown table, for the manual."""
    rows = [
        "| From | Event | To | Who | Stock kept | Credit | Edits | Said | 说法 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in MOVES:
        event = EVENTS[row.event]
        shown = [
            row.start, row.event, row.end, ", ".join(row.who), row.stock.replace("_", " "),
            row.credit.replace("_", " "), editable(row.start), event.english, event.chinese,
        ]  # fmt: skip
        rows.append("| " + " | ".join(shown) + " |")
    return "\n".join(rows)


def diagram() -> str:
    """The same as a Mermaid state diagram; moves that stay where they are, are left out."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    ways: dict[tuple[str, str], list[str]] = {}
    for row in MOVES:
        if row.start != row.end:
            ways.setdefault((row.start, row.end), []).append(row.event)
    lines += [f"    {a} --> {b}: {', '.join(events)}" for (a, b), events in ways.items()]
    lines += [f"    {name} --> [*]" for name in ("closed", *sorted(EXITS))]
    return "\n".join(lines)
