"""Spreads an amount over lines so that the parts always sum to it: by largest remainder."""

from collections.abc import Sequence


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Parts of `amount` in proportion to `weights`, whole numbers that sum to it exactly.

    Every part is first rounded down; what is left over goes, one each, to the parts that lost
    most by that, of equally large losses to the earlier one (Hamilton's method). Where `amount`
    is not above the sum of the weights, no part is above its weight. Weights are not negative;
    with none above zero nothing can be spread and every part is 0.
    """
    total = sum(weights)
    if total <= 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    losses = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % total), at))
    for at in losses[: amount - sum(parts)]:
        parts[at] += 1
    return parts
