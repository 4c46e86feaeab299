"""What a spreadsheet takes for a formula: every CSV that people may open is made harmless here."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With one of these a cell begins that a spreadsheet would calculate instead of show."""


def harmless(text: str) -> str:
    """The text as no spreadsheet takes it for a formula: such a one gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA) else text
