"""The verbs on an order that was taken: follow, revise, cancel, supplement, return, drafts."""

from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from handhelds.reference import orders as o
from handhelds.reference.money import money
from handhelds.reference.scan import by_barcode
from handhelds.reference.screens import Screen
from handhelds.reference.screens_orders import FIGURES, drafts_shown, order_life
from handhelds.reference.tables import below, listed, when
from handhelds.reference.told import Told, Verb, opened
from handhelds.reference.typed import order_line
from handhelds.reference.visit import Rep, Wanted

orders = typer.Typer()
Number = Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")]
Lines = Annotated[
    list[str] | None, typer.Option("--line", help="PRODUCT:QUANTITY[UNIT], such as 20041:2case.")
]


def _wanted(rep: Rep, line: list[str] | None) -> list[Wanted]:
    return [by_barcode(rep.queries, order_line(text)) for text in line or ()]


def _told(told: Told, row: Screen, says: str) -> None:
    told.show({"id": row["id"], "number": row["number"], "change": row["change"]}, says)


@orders.command()
def follow(verb: Verb, number: Number) -> None:
    """One order's way so far, and what fell short of it."""
    with opened(verb) as (told, rep):
        screen = order_life(rep, number)
        told.show(screen, life_table(screen))


@orders.command()
def revise(verb: Verb, number: Number, line: Lines = None) -> None:
    """Change an order: lines named get the new quantity, 0 takes one off, the rest stays."""
    with opened(verb) as (told, rep):
        row = o.revise(rep, number, _wanted(rep, line))
        _told(told, row, f"{number}: the change is saved and goes out by itself.")


@orders.command()
def cancel(
    verb: Verb, number: Number, reason: Annotated[str, typer.Option(help="Why.")] = ""
) -> None:
    """Cancel an order, as long as it is not being picked."""
    with opened(verb) as (told, rep):
        row = o.cancel(rep, number, reason)
        _told(told, row, f"{number}: the cancellation is saved and goes out by itself.")


@orders.command()
def supplement(verb: Verb, number: Number, line: Lines = None) -> None:
    """Order more about an order that cannot be changed any more."""
    with opened(verb) as (told, rep):
        row = o.supplement(rep, number, _wanted(rep, line))
        _told(told, row, f"Order {row['number']} adds to {number}; it goes out by itself.")


@orders.command("return")
def give_back(verb: Verb, number: Number, line: Lines = None) -> None:
    """Give goods of a delivered order back."""
    with opened(verb) as (told, rep):
        row = o.give_back(rep, number, _wanted(rep, line))
        _told(told, row, f"Return {row['number']} of {number} is saved; the office approves it.")


@orders.command()
def drafts(
    verb: Verb,
    send: Annotated[str | None, typer.Option(help="Send the draft from this order.")] = None,
    drop: Annotated[str | None, typer.Option(help="Leave the draft from this order be.")] = None,
) -> None:
    """What you wrote for orders that had been cancelled: nothing of it is sent by itself."""
    with opened(verb) as (told, rep):
        if send is not None:
            row = o.send_draft(rep, send)
            _told(told, row, f"Order {row['number']} is saved and goes out by itself.")
        elif drop is not None:
            o.drop_draft(rep, drop)
            told.show({"dropped": drop}, f"The draft from {drop} is dropped.")
        else:
            screen = drafts_shown(rep)
            told.show(screen, drafts_table(screen))


def life_table(screen: Screen) -> RenderableType:
    """An order from taking to its end, one step a line."""
    at = screen["store"]
    where = f" for {at['code']} {at['name']}" if at else ""
    value = money(screen["net_minor"], screen["currency"] or "")
    told: list[RenderableType] = [
        Text(f"Order {screen['number']}{where}: {screen['says'].lower()}, {value}", style="bold")
    ]
    for step in screen["steps"]:
        told.append(Text(f"  {when(step['at']) or '            '}  {step['says']}"))
    rows = [
        [line["name"], *("" if line[name] is None else str(line[name]) for name in FIGURES)]
        for line in screen["lines"]
    ]
    told.append(listed(("product", *(f">{name}" for name in FIGURES)), rows))
    told += [below(one["says"]) for one in screen["told"]]
    return Group(*told)


def drafts_table(screen: Screen) -> RenderableType:
    """Drafts, and how to send one."""
    if not screen["drafts"]:
        return Text("No drafts.")
    told: list[RenderableType] = []
    for one in screen["drafts"]:
        at = one["store"]["name"] if one["store"] else ""
        told.append(Text(f"{at}: {one['says']}, written {one['written']['words']}", style="bold"))
        lines = ", ".join(f"{x['typed']} {x['uom']} {x['product']}" for x in one["lines"])
        told.append(below(f"{lines}    (drafts --send {one['number']})"))
    return Group(*told)
