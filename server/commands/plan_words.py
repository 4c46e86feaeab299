"""`talaria plan`: visit routes by hand. Without a word of its own it draws: `talaria plan r01`."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

Company = Annotated[str, typer.Option(help="Its code, if there are several.")]


class DrawElse(TyperGroup):
    """What is no word of the group is what `draw` is told."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["draw", *args]
        return super().parse_args(ctx, args)


plan = typer.Typer(
    cls=DrawElse,
    help="Visit routes: draw them up, publish, take back; learn from the reps' own trips.",
    no_args_is_help=True,
)


@plan.command()
def draw(
    reps: Annotated[list[str] | None, typer.Argument(help="Codes of reps.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="A Monday; left out: the next."),
    ] = None,
    weeks: Annotated[int, typer.Option(help="So many weeks at once.")] = 4,
    period: Annotated[
        bool, typer.Option("--period", help="The weeks of the company's next period instead.")
    ] = False,
    seconds: Annotated[float, typer.Option(help="To think about each rep.")] = 20.0,
    steps: Annotated[
        int | None, typer.Option(help="Instead of seconds: the same plan on any machine.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another one, another plan as good.")] = 1,
    stability: Annotated[
        float, typer.Option(help="Minutes of driving that moving a visit must save.")
    ] = 15.0,
    publish: Annotated[bool, typer.Option("--publish", help="Make it the reps' plan.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back the plan published last, of these reps.")
    ] = False,
    company: Company = "",
) -> None:
    """Plan the visits of reps. Exit code 2: due visits have no place.

    Example: talaria plan draw r01 --weeks 4 --seconds 20 --publish; or just talaria plan r01
    """
    from server.commands.plan import run_plan, run_undo
    from server.planning import Ask

    named = tuple(dict.fromkeys(reps or ()))
    if undo:
        raise typer.Exit(run_undo(named, company))
    day = first.date() if first else None
    ask = Ask("", named, day or date.min, weeks, seconds, steps, seed, stability)
    raise typer.Exit(run_plan(ask, day, company, publish, period))


@plan.command()
def learn(
    reps: Annotated[list[str] | None, typer.Argument(help="Codes of reps; none: all.")] = None,
    company: Company = "",
) -> None:
    """Learn how long reps really drive from their check-outs and check-ins; nightly otherwise.

    Example: talaria plan learn
    """
    from server.commands.plan_more import run_learn

    run_learn(tuple(dict.fromkeys(reps or ())), company)


@plan.command()
def calendar(
    rep: Annotated[str, typer.Argument(help="Code of the rep.")],
    file: Annotated[Path | None, typer.Option(help="Left out: REP.ics here.")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=8, help="From this week on.")] = 6,
    company: Company = "",
) -> None:
    """Write a rep's plan for other calendars (iCalendar).

    Example: talaria plan calendar r01 --file r01.ics
    """
    from server.commands.plan_more import run_calendar

    run_calendar(rep, file or Path(f"{rep}.ics"), weeks, company)


@plan.command()
def balance(
    reps: Annotated[list[str], typer.Argument(help="Codes of two reps or more.")],
    weeks: Annotated[int, typer.Option(min=1, max=8, help="From the next Monday on.")] = 4,
    company: Company = "",
) -> None:
    """Propose which stores might change hands, so that the reps have the same work. Moves nothing.

    Example: talaria plan balance r01 r02 r03
    """
    from server.commands.plan_more import run_balance

    run_balance(tuple(dict.fromkeys(reps)), weeks, company)
