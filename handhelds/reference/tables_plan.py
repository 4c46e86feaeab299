"""What the plan owes, drawn for a terminal."""

from rich.console import RenderableType
from rich.text import Text

from handhelds.reference.screens import Screen
from handhelds.reference.tables import _Table as Rows


def owed(screen: Screen) -> RenderableType:
    """Stores that are owed a visit, or have none planned."""
    left = [one for one in screen["stores"] if one["debt"] or not one["planned"]]
    if not left:
        return Text("No store is owed a visit, and each has one planned.")
    shown = Rows("store", "name", "town", ">owed", ">made", ">agreed", ">planned", "last seen")
    for one in left:
        at = one["store"]
        figures = (one["debt"], one["made"], one["agreed"], one["planned"])
        shown.add(at["code"], at["name"], at["city"], *figures, one["last_on"] or "never")
    return shown
