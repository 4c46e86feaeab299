"""The verbs of what needs the rep: the list, and an answer."""

from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from handhelds.reference import needs as n
from handhelds.reference.screens import Screen
from handhelds.reference.tables import below
from handhelds.reference.told import Verb, opened

needs_app = typer.Typer()


@needs_app.command()
def needs(verb: Verb) -> None:
    """What needs you: questions the office or the server asks, and what you may answer."""
    with opened(verb) as (told, rep):
        screen = n.needs(rep)
        told.show(screen, table(screen))


@needs_app.command()
def answer(
    verb: Verb,
    which: Annotated[str, typer.Argument(help="Its number in `needs`.")],
    what: Annotated[str, typer.Argument(help="The answer: its name, number or first letters.")],
    note: Annotated[str | None, typer.Option(help="A word to the office.")] = None,
) -> None:
    """Answer something that needs you. Works offline; you are told what became of it."""
    with opened(verb) as (told, rep):
        saved = n.answer(rep, which, what, note)
        told.show(
            {"change": saved["change"], "conflict": saved["conflict"], "answer": saved["answer"]},
            f"Answered: {saved['says']}. It goes out by itself.",
        )


def table(screen: Screen) -> RenderableType:
    """What needs the rep, one below the other."""
    if not screen["items"]:
        return Text("Nothing needs you.")
    told: list[RenderableType] = []
    for one in screen["items"]:
        name = one["store"]["name"] if one["store"] else ""
        where = ", ".join(part for part in (one["number"], name) if part)
        told.append(Text(f"{one['n']}. {where or one['rule'].replace('_', ' ')}", style="bold"))
        told.append(below(one["says"]))
        if one.get("told"):
            told.append(below(one["told"]))
            continue
        answers = " | ".join(
            f"{place} {row['says']}" for place, row in enumerate(one["answers"], 1)
        )
        told.append(below(f"{answers}    (answer {one['n']} 1)"))
    return Group(*told)
