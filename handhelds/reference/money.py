"""Money as people write it."""

from sync.terms.price import minor_digits


def money(minor: int | None, currency: str) -> str:
    """Minor units as people write them: 123456 USD -> 1,234.56; None where there is no limit."""
    if minor is None:
        return "no limit"
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole:,}" + (f".{rest:0{digits}d}" if digits else "")
