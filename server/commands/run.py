"""serve, web, worker."""

from typing import Any

from rich.console import Console

from server.commands import told
from server.settings import Settings


def serve_all() -> None:
    """`talaria serve`."""
    told.refuse_windows()
    settings = told.begin("serve")
    from server.running.serve import serve

    with told.plainly():
        serve(settings, progress=told.progress, ready=lambda: show_where(settings))


def show_where(settings: Settings) -> None:
    """Where things are, for people."""
    from server.running.serve import where

    screen = Console(stderr=True)
    screen.print("Talaria is ready. Ctrl-C stops it.", style="bold green")
    for what, address in where(settings):
        screen.print(f"  {what:<20} {address}", highlight=False, markup=False)


def web_only(follow_parent: bool, plant: str = "") -> None:
    """`talaria web`. plant: "no_receipts" makes the demo's server forget what it answered."""
    told.refuse_windows()
    settings = told.begin("web")
    _needs_database(settings, "web")
    from server.running import web

    with told.plainly():
        prepare = _forgetful if plant == "no_receipts" else None
        web.run(settings, follow_parent=follow_parent, prepare=prepare)


def worker_only(follow_parent: bool) -> None:
    """`talaria worker`."""
    told.refuse_windows()
    settings = told.begin("worker")
    _needs_database(settings, "worker")
    from server.running import worker

    with told.plainly():
        worker.run(settings, follow_parent=follow_parent)


def _needs_database(settings: Settings, command: str) -> None:
    if settings.embedded:
        raise told.fail(
            f"talaria {command} needs DATABASE_URL: it shares a database with other processes. "
            "To run everything on this machine, database included: talaria serve"
        )


def _forgetful(app: Any) -> None:
    """A known fault, so that the demo's checks can be seen to fail."""
    app.config["PLANT_NO_RECEIPTS"] = True
