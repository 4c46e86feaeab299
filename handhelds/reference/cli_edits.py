"""The verbs on what the office may edit too: `store edit`, `store new`, `contact`, `card amend`.

`store` and `card` alone are the verbs of every day; what comes after them may say another one.
"""

from typing import Annotated, Any

import typer

from handhelds.reference import edits, screens, tables
from handhelds.reference.pad import Refused
from handhelds.reference.told import StoreArgument, Verb, opened
from handhelds.reference.typed import ask_card, ask_competitors, card_line, competitor_line
from sync.terms.price import minor_digits

editing = typer.Typer()
contact_app = typer.Typer(help="Add, edit or remove a person of a store.", no_args_is_help=True)
editing.add_typer(contact_app, name="contact")

Fields = Annotated[list[str] | None, typer.Argument(help="FIELD=VALUE ...", metavar="FIELD=VALUE")]
NameArgument = Annotated[str, typer.Argument(help="The person's name.", metavar="NAME")]


@editing.command()
def store(
    verb: Verb,
    words: Annotated[
        list[str],
        typer.Argument(
            help="STORE to look at it; `edit STORE FIELD=VALUE ...` to change it (phone,"
            " opening_hours, position, name, address ...); `new NAME FIELD=VALUE ...` for"
            " one nobody has yet.",
            metavar="STORE | edit STORE ... | new NAME ...",
        ),
    ],
) -> None:
    """One store: what it owes, its orders and cards; or edit it; or write down a new one."""
    with opened(verb) as (told, rep):
        if words[0] == "edit" and len(words) > 1:
            mine = edits.typed_fields(words[2:], edits.STORE_FIELDS)
            row = edits.edit_store(rep, words[1], mine)
            told.show(_saved(row), f"{row['name']}: saved. It goes out by itself.")
        elif words[0] == "new" and len(words) > 1:
            given = words[2:]
            fields = edits.typed_fields(given, edits.NEW_STORE_FIELDS) if given else {}
            row = edits.new_store(rep, words[1], fields)
            told.show(
                _saved(row) | {"code": row["code"]},
                f"{row['name']} is {row['code']} until the office has approved it; you may take"
                " orders there at once.",
            )
        else:
            screen = screens.store(rep, words[0])
            told.show(screen, tables.store(screen))


def _saved(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in ("id", "name", "change", "unsent")}


@contact_app.command("add")
def contact_add(
    verb: Verb, store: StoreArgument, name: NameArgument, fields: Fields = None
) -> None:
    """Write down a person: role, phone, email, preferred_time."""
    with opened(verb) as (told, rep):
        given = edits.typed_fields(fields, edits.CONTACT_FIELDS) if fields else {}
        row = edits.add_contact(rep, store, name, given)
        told.show(_saved(row), f"{name} is written down.")


@contact_app.command("edit")
def contact_edit(verb: Verb, store: StoreArgument, name: NameArgument, fields: Fields) -> None:
    """Change what is known of a person."""
    with opened(verb) as (told, rep):
        mine = edits.typed_fields(fields or [], edits.CONTACT_FIELDS)
        row = edits.edit_contact(rep, store, name, mine)
        told.show(_saved(row), f"{row['name']}: saved. It goes out by itself.")


@contact_app.command("remove")
def contact_remove(verb: Verb, store: StoreArgument, name: NameArgument) -> None:
    """Say that a person has left."""
    with opened(verb) as (told, rep):
        row = edits.remove_contact(rep, store, name)
        told.show(_saved(row), f"{row['name']} is not offered any more.")


@editing.command()
def card(
    verb: Verb,
    words: Annotated[
        list[str],
        typer.Argument(
            help="STORE to fill in a card; `amend STORE` to correct the newest one.",
            metavar="STORE | amend STORE",
        ),
    ],
    line: Annotated[
        list[str] | None,
        typer.Option(help="PRODUCT:facings=3,shelf=12,back=6,price=1.49 or PRODUCT:out."),
    ] = None,
    competitor: Annotated[
        list[str] | None,
        typer.Option(help="NAME:price=1.29,facings=4,promo,note=text: what stands beside ours."),
    ] = None,
    same: Annotated[bool, typer.Option(help="Everything as last time but for --line.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why a card is corrected.")] = None,
) -> None:
    """Fill in a visit card: what is on the shelf. Or correct one."""
    with opened(verb) as (told, rep):
        digits = minor_digits(rep.pad.company()["currency"])
        lines = [card_line(text, digits) for text in line or ()]
        if words[0] == "amend" and len(words) > 1:
            if competitor:
                raise Refused("what stood beside ours is not corrected: note it on the next card")
            saved = edits.amend_card(rep, words[1], lines, reason)
            told.show(_saved(saved), "The card is corrected. It goes out by itself.")
            return
        others = [competitor_line(text, digits) for text in competitor or ()]
        if same or (not lines and told.asks()):
            lines = ask_card(told.console, rep, words[0], lines, ask=not same)
            others = ask_competitors(rep, words[0], others, ask=not same)
        saved = rep.card(words[0], lines, others)
        screen = {"id": saved["id"], "change": saved["change"], "lines": len(saved["lines"])}
        screen |= {"competitors": len(others)} if others else {}
        beside = f", {len(others)} of competitors" if others else ""
        told.show(screen, f"The card is saved: {len(saved['lines'])} products{beside}.")
