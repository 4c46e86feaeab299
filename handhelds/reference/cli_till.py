"""The verbs about money: what a store owes, taking a payment, receipts."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from handhelds.reference import screens_till, tables_till
from handhelds.reference.money import money as shown_money
from handhelds.reference.pad import Refused
from handhelds.reference.till import Money, Till
from handhelds.reference.told import StoreArgument, Told, Verb, day_of, opened
from handhelds.reference.visit import Rep
from sync.terms.price import minor_digits

till = typer.Typer()
_AMOUNT = re.compile(r"\A(?:[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?\Z", re.ASCII)


def minor_of(text: str, digits: int) -> int:
    """An amount as typed, in minor units: 125.00 or 1,250; more digits than the currency has are
    a slip and not rounded."""
    if not _AMOUNT.match(text.strip()):
        raise Refused(f"{text} is no amount: write it like 125.00")
    minor = Decimal(text.strip().replace(",", "")).scaleb(digits)
    if minor != int(minor) or not minor:
        raise Refused(f"{text} is no amount: write it like 125.00")
    return int(minor)


def use_of(text: str, digits: int) -> tuple[str, int]:
    """R-100=75.00 -> that item, and how much of the money is for it."""
    number, _, amount = text.rpartition("=")
    if not number.strip():
        raise Refused(f"{text} names no item: write ITEM=AMOUNT, such as R-100=75.00")
    return number.strip(), minor_of(amount, digits)


@till.command()
def owed(verb: Verb, store: StoreArgument) -> None:
    """What a store owes by age, item by item, and what it has paid."""
    with opened(verb) as (told, rep):
        screen = screens_till.owed(rep, store)
        told.show(screen, tables_till.owed(screen))


@till.command()
def collect(
    verb: Verb,
    store: StoreArgument,
    amount: Annotated[str, typer.Argument(help="How much, such as 125.00.")],
    cash: Annotated[bool, typer.Option(help="In cash.")] = False,
    cheque: Annotated[str | None, typer.Option(help="By cheque: its number.")] = None,
    bank: Annotated[str | None, typer.Option(help="The bank of the cheque.")] = None,
    dated: Annotated[str | None, typer.Option(help="The day on the cheque.")] = None,
    transfer: Annotated[bool, typer.Option(help="By transfer.")] = False,
    for_: Annotated[
        list[str] | None,
        typer.Option("--for", help="ITEM=AMOUNT; else the oldest due first."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="What to remember.")] = None,
    anyway: Annotated[bool, typer.Option(help="Whatever looks odd about it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Save without asking.")] = False,
) -> None:
    """Take money and write its receipt. It is saved when this returns, network or not."""
    with opened(verb) as (told, rep):
        digits = minor_digits(rep.pad.company()["currency"])
        given = [name for name, said in zip(
            ("cash", "cheque", "transfer"), (cash, cheque is not None, transfer), strict=True
        ) if said]  # fmt: skip
        if len(given) != 1:
            raise Refused("say how it was paid: --cash, --cheque NUMBER or --transfer")
        money = Money(
            given[0], minor_of(amount, digits), cheque, bank,
            _day(rep, dated), tuple(use_of(one, digits) for one in for_) if for_ else None, note,
        )  # fmt: skip
        if not _agreed(told, rep, store, money, anyway=anyway, yes=yes):
            return
        saved = rep.collect(store, money)
        screen = screens_till.receipt(rep, saved["number"]) | {"change": saved["change"]}
        told.show(screen, tables_till.receipt(screen))


def _day(rep: Rep, text: str | None) -> date | None:
    return None if text is None else day_of(rep, text)


def _agreed(told: Told, rep: Rep, named: str, money: Money, *, anyway: bool, yes: bool) -> bool:
    """Show what looks odd before anything is saved; a script must say --anyway."""
    store, reads = rep.store(named), Till(rep.queries)
    uses = reads.proposal(store, money.amount_minor) if money.wished is None else money.wished
    odd = reads.warnings(store, money, uses, rep.pad.today(store))
    if odd and not anyway:
        if not told.asks():
            raise Refused(f"{'; '.join(odd)}: if it is right all the same, say --anyway")
        for one in odd:
            told.console.print(f"! {one[0].upper()}{one[1:]}.", markup=False)
        return typer.confirm("Write this receipt all the same?", default=False)
    if told.asks() and not yes:
        shown = shown_money(money.amount_minor, rep.pad.company()["currency"])
        items = ", ".join(number for number, _ in uses) or "on account"
        told.console.print(f"{shown} from {store['name']}, for {items}", markup=False)
        return typer.confirm("Write the receipt?", default=True)
    return True


@till.command()
def receipts(
    verb: Verb, store: Annotated[str | None, typer.Argument(help="Only of this store.")] = None
) -> None:
    """Your receipts, where each of them is, and what you still have to hand in."""
    with opened(verb) as (told, rep):
        screen = screens_till.receipts(rep, store)
        told.show(screen, tables_till.receipts(screen))


@till.command()
def receipt(
    verb: Verb, number: Annotated[str, typer.Argument(help="Its number, such as D17-R000001.")]
) -> None:
    """One receipt, to show to the shopkeeper."""
    with opened(verb) as (told, rep):
        screen = screens_till.receipt(rep, number)
        told.show(screen, tables_till.receipt(screen))
