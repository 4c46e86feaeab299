"""Carrier: the handheld that pulls or pushes, and whose it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who is syncing; made from the handheld's secret by the server, never from its own word.

    cell: the rep's home cell; cells: every field cell of the company; company_cell: the cell whose
    feed carries products and prices.
    zone: the company's IANA time zone, for stores that name none.
    language: what the rep reads, such as "en" or "zh" (sentences/languages.py).
    """

    device: str
    cell: int
    cells: tuple[int, ...]
    company: str
    company_cell: int
    zone: str
    rep: str
    install: str
    state: str
    language: str = "en"
