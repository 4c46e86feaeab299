"""`talaria rules`: the manual of the rules as a page, for whoever has only the product."""

from typing import Annotated

import typer

from server.commands import told

rules = typer.Typer(add_completion=False)


@rules.command("rules")
def show(language: Annotated[str, typer.Option(help="en or zh.")] = "en") -> None:
    """Print the rules of conflict: what is decided when two parties change one thing.

    Example: talaria rules --language zh > RULES.zh.md
    """
    from sync.manual.pages import markdown
    from sync.sentences.languages import LANGUAGES, known

    if known(language) != language.partition("-")[0].lower():
        raise told.fail(f"There is no manual in {language!r}: choose {' or '.join(LANGUAGES)}.")
    typer.echo(markdown(language))
