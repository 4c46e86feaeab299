"""`talaria rules`: the manual of the rules as a page, for whoever has only the product."""

from typing import Annotated

import typer

rules = typer.Typer(help="The rules of conflict: what is decided when two change one thing.")


@rules.command()
def show(
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Print the manual of the rules."""
    from sync.manual.pages import markdown
    from sync.sentences.languages import LANGUAGES, known

    if known(language) != language.partition("-")[0].lower():
        raise SystemExit(f"There is no manual in {language!r}: choose {' or '.join(LANGUAGES)}.")
    typer.echo(markdown(language))
