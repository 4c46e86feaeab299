"""`talaria`: the command line of whoever runs it.

Every command imports what it needs when it is called, so that --help and typing errors answer at
once. A command that cannot do what was asked says in one line why and what to do, and exits 1;
2 is a mistake in how it was called (or rows rejected by a load).
"""

import sys
from typing import Annotated

import typer

app = typer.Typer(
    help="Talaria: orders taken without a network, decided, and delivered once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Hidden = Annotated[bool, typer.Option("--follow-parent", hidden=True)]
Planted = Annotated[str, typer.Option("--plant", hidden=True)]


@app.command()
def serve() -> None:
    """Run everything: database, web and worker, until Ctrl-C.

    Example: TALARIA_PORT=9000 talaria serve
    """
    from server.commands.run import serve_all

    serve_all()


@app.command()
def web(follow_parent: Hidden = False, plant: Planted = "") -> None:
    """Answer requests only; for set-ups with DATABASE_URL and processes of their own.

    Example: DATABASE_URL=postgresql://... talaria web
    """
    from server.commands.run import web_only

    web_only(follow_parent, plant)


@app.command()
def worker(follow_parent: Hidden = False) -> None:
    """Run scheduled jobs and deliveries only; any number of workers may run.

    Example: DATABASE_URL=postgresql://... talaria worker
    """
    from server.commands.run import worker_only

    worker_only(follow_parent)


@app.command()
def demo(
    day: Annotated[bool, typer.Option("--day", help="Play the day alone, check it, end.")] = False,
    data_dir: Annotated[str, typer.Option(help="Where the demo keeps its data.")] = "",
    port: Annotated[int, typer.Option(help="Port of the server; 0 takes a free one.")] = -1,
) -> None:
    """A company with stores, reps and a delivery system, on this machine.

    Example: talaria demo --day
    """
    from server.commands.demo import demo as run_demo

    raise typer.Exit(run_demo(day, data_dir, port))


@app.command()
def version() -> None:
    """Print the version.

    Example: talaria version
    """
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    try:
        typer.echo(version_of("talaria"))
    except PackageNotFoundError:
        from server.app import VERSION

        typer.echo(VERSION)


def main() -> None:
    """The command `talaria`."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
