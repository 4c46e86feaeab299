"""CSV that people open in a spreadsheet: lines in which nothing is taken for a formula."""

import csv
import io
from collections.abc import Iterable

from flask import Response

from server.formulas import harmless


class Figure(str):
    """A number that we wrote ourselves, such as -125.00: no formula, whatever it begins with."""

    __slots__ = ()


def line(cells: Iterable[str]) -> str:
    """One line of CSV, its cells made harmless."""
    out = io.StringIO()
    csv.writer(out).writerow(
        [cell if isinstance(cell, Figure) else harmless(cell) for cell in cells]
    )
    return out.getvalue()


def download(lines: Iterable[str], name: str) -> Response:
    """The lines as a file to save, called `name`; they are sent as they come."""
    told = Response(lines, content_type="text/csv; charset=utf-8")
    told.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return told
