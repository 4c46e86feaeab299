"""How the screens on money look on a terminal: owed and paid, the ageing bar, and a receipt.

A receipt is drawn like the slip it stands for, to be shown or read out to the shopkeeper.
"""

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from handhelds.reference.money import money
from handhelds.reference.screens import Screen
from sync.terms.credit import BUCKETS

BAR = 40
AGES = {
    "not_due": "not due",
    "1_30": "1-30 days",
    "31_60": "31-60",
    "61_90": "61-90",
    "over_90": "over 90",
}
FILLS = ("\u2591", "\u2592", "\u2593", "\u2588", "\u2588")
"""Older debt is darker; the figures beside it say the same."""
METHODS = {"cash": "in cash", "cheque": "by cheque", "transfer": "by transfer"}


def owed(screen: Screen) -> RenderableType:
    """What a store owes and has paid."""
    at, position, currency = screen["store"], screen["owed"], screen["currency"]
    told = [
        Text(f"{at['code']} {at['name']}", style="bold"),
        Text(f"Owes {money(position['open_minor'], currency)} {currency}, "
             f"{money(position['overdue_minor'], currency)} overdue, as of "
             f"{position['age']['words']}"),
    ]  # fmt: skip
    told += ageing(position["ageing"], currency)
    if position["on_account_minor"]:
        told.append(Text(f"On account {money(position['on_account_minor'], currency)}"))
    told += paid(screen, currency)
    shown = _table("number", "due", ">amount", ">open", ">paid by receipts", "")
    for one in screen["items"]:
        spoken = money(one["spoken_minor"], currency) if one["spoken_minor"] else ""
        mark = "disputed" if one["disputed"] else one["paid_on"] and f"paid {one['paid_on']}"
        kind = "" if one["kind"] == "invoice" else one["kind"].replace("_", " ")
        amounts = (money(one[name], currency) for name in ("amount_minor", "open_minor"))
        _add(shown, one["number"], one["due_on"], *amounts, spoken, mark or kind)
    if not screen["items"]:
        return Group(*told, Text("No open items."), _receipts(screen))
    return Group(*told, shown, _receipts(screen))


def paid(screen: Screen, currency: str) -> list[Text]:
    """Money on its way, in lines; none when there is none."""
    told = []
    if screen["paid_minor"]:
        told.append(
            Text(f"Paid, not posted yet: {money(screen['paid_minor'], currency)} {currency}")
        )
    if screen["cheques_minor"]:
        told.append(Text(f"Cheques pending: {money(screen['cheques_minor'], currency)} {currency}"))
    return told


def ageing(buckets: dict[str, int], currency: str) -> list[Text]:
    """A bar of what is open by age, and the figures that it is made of."""
    owing = {name: max(0, buckets[name]) for name in BUCKETS}
    whole = sum(owing.values())
    if not whole:
        return []
    bar = "".join(
        fill * round(owing[name] * BAR / whole) for name, fill in zip(BUCKETS, FILLS, strict=True)
    )
    figures = ", ".join(
        f"{AGES[name]} {money(buckets[name], currency)}" for name in BUCKETS if buckets[name]
    )
    return [Text(bar), Text(figures)]


def receipts(screen: Screen) -> RenderableType:
    """A list of receipts, and what is still in the rep's pocket."""
    if not screen["receipts"]:
        return Text("No receipts yet. Take money: talaria-handheld collect STORE AMOUNT --cash")
    pocket = ", ".join(
        f"{money(minor, screen['currency'])} {METHODS[method]}"
        for method, minor in screen["to_hand_in"].items()
        if minor
    )
    shown = _receipts(screen)
    return Group(shown, Text(f"To hand in: {pocket} {screen['currency']}")) if pocket else shown


def _receipts(screen: Screen) -> RenderableType:
    if not screen["receipts"]:
        return Text("No receipts.")
    shown = _table("receipt", "day", "store", ">amount", "how", "where it is")
    for one in screen["receipts"]:
        store = one["store"]["name"] if one["store"] else "a store no longer here"
        where = f"{one['where']}: {one['reason']}" if one["reason"] else one["where"]
        amount = f"{money(one['amount_minor'], one['currency'])} {one['currency']}"
        _add(shown, one["number"], one["day"], store, amount, METHODS[one["method"]], where)
    return shown


def receipt(screen: Screen) -> RenderableType:
    """One receipt, to be shown to the shopkeeper."""
    currency = screen["currency"]
    store = screen["store"] or {"code": "", "name": "a store no longer here"}
    lines = [
        f"{screen['company']}",
        f"Received from {store['name']} ({store['code']}) on {screen['day']}",
        "",
        f"{money(screen['amount_minor'], currency)} {currency} {METHODS[screen['method']]}",
    ]
    if screen["cheque_no"]:
        bank = f" of {screen['cheque_bank']}" if screen["cheque_bank"] else ""
        dated = f", dated {screen['cheque_on']}" if screen["cheque_on"] else ""
        lines.append(f"Cheque {screen['cheque_no']}{bank}{dated}")
    lines.append("")
    width = max([len(one["number"]) for one in screen["uses"]] + [10])
    for one in screen["uses"]:
        lines.append(f"for {one['number']:<{width}} {money(one['amount_minor'], currency):>14}")
    if screen["on_account_minor"]:
        rest = money(screen["on_account_minor"], currency)
        lines.append(f"    {'on account':<{width}} {rest:>14}")
    lines += ["", f"Taken by {screen['taken_by']}; {screen['where']}"]
    if screen["reason"]:
        lines.append(f"Because: {screen['reason']}")
    title = f"Receipt {escape(str(screen['number']))}"
    return Panel(Text("\n".join(lines)), title=title, expand=False, box=box.ASCII)


def _table(*headings: str) -> Table:
    made = Table(box=box.SIMPLE)
    for one in headings:
        right = one.startswith(">")
        made.add_column(one.lstrip(">"), justify="right" if right else "left")
    return made


def _add(table: Table, *values: str | None) -> None:
    table.add_row(*("" if value is None else escape(str(value)) for value in values))
