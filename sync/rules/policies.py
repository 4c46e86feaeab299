"""What the office chose by policies: store over banner over company."""

from collections.abc import Iterable

from sync.facts import Policy
from sync.rules.all import BY_NAME


def validate_policies(policies: Iterable[Policy]) -> list[str]:
    """What is wrong with these policy rows, in words; empty = nothing."""
    errors: list[str] = []
    seen: set[tuple[str, str | None, str | None]] = set()
    for one in policies:
        where = f"policy for {one.rule}"
        where += f", store {one.store}" if one.store else ""
        where += f", banner {one.banner}" if one.banner else ""
        row = BY_NAME.get(one.rule)
        if row is None:
            errors.append(f"{where}: there is no rule of this name")
            continue
        if one.store and one.banner:
            errors.append(f"{where}: name a store or a banner, not both")
        if (one.rule, one.banner, one.store) in seen:
            errors.append(f"{where}: there are two of them")
        seen.add((one.rule, one.banner, one.store))
        if one.choice is not None and one.choice not in row.answers:
            errors.append(f"{where}: {one.choice} is not one of {', '.join(row.answers)}")
        for name, value in one.params.items():
            if name not in row.params:
                errors.append(f"{where}: there is nothing called {name} to set")
                continue
            _, least, most = row.params[name]
            if type(value) is not int or not least <= value <= most:
                errors.append(f"{where}: {name} is a whole number from {least} to {most}")
    return errors
