"""The end of deciding an order: what stands is written down, and folded into the facts.

`conclude` turns the working copy into a `Decision`; `fold` lets the next order of the batch see
less stock, more exposure, one more twin, one more number and less promotion budget.
"""

from dataclasses import replace

from sync import life
from sync.decisions.shapes import Conflict, Decision, Effect, Hold, LineDecision, LineState
from sync.facts import COMING_BACK, Facts, Order, TwinFacts
from sync.subjects.order import Working, WorkingLine


def conclude(
    w: Working, held: dict[str, list[int]], conflicts: list[Conflict], effects: set[Effect]
) -> Decision:
    """Write down what became of an order.

    `held`: rule -> the lines it names, [] = the whole order. A hold on lines that were all
    refused afterwards is none.
    """
    alive = {x.line.n for x in w.live}
    refused = w.refused_by is not None or not alive
    conflicts = [one for one in conflicts if _still_counts(one, refused, alive)]
    lines = [_line(w, x) for x in w.lines]
    if not refused:
        lines += _substitutes(w)
    store = w.order.store if w.store is None else w.store.id
    net = sum(line.net_minor for line in lines)
    decision = Decision(
        w.order.id,
        "rejected",
        life.after("received", "reject"),
        store,
        w.deliver_on,
        net,
        0,
        lines,
        [],
        conflicts,
    )
    if refused:
        return decision
    due = w.due() if held else w.now
    for rule, named in held.items():
        left = [n for n in named if n in alive]
        if left or not named:
            decision.holds.append(Hold(rule, tuple(left), due))
    if decision.holds:
        decision.outcome = "held"
        decision.state = life.after("received", "hold")
        decision.conflicts = [_told_only(one) for one in conflicts]
    else:
        changed = "adjusted" in effects or "rejected" in effects
        decision.outcome = "adjusted" if changed else "applied"
        decision.state = life.after("received", "accept")
        decision.exposure_minor = net if w.charged else 0
    decision.reserve = _reserve(w, lines)
    decision.caps = _caps(w)
    return decision


def _told_only(one: Conflict) -> Conflict:
    """What was changed about an order that is held is no question yet: it is decided again."""
    return one if one.needs == "office" else replace(one, answers=(), rep_answers=())


def _still_counts(one: Conflict, refused: bool, alive: set[int]) -> bool:
    """Whether people still need to hear of it: nobody decides about what was refused since."""
    is_hold = one.needs == "office"
    return not is_hold or not (refused or (one.line is not None and one.line not in alive))


def _line(w: Working, x: WorkingLine) -> LineDecision:
    """A line as it stands; all of a refused line is cut, under the name of the rule."""
    refused_by = x.refused_by or w.refused_by
    line, wanted = x.line, x.quantity
    other = x.product.substitute if x.product is not None else None
    if refused_by is not None:
        return LineDecision(
            *(line.n, line.product, wanted, 0, 0, wanted, refused_by),
            *(x.price, 0, 0, "rejected", other),
        )
    stands = x.confirmed + x.backordered
    net = x.net_of(stands)
    state: LineState = "partial"
    if x.confirmed == wanted:
        state = "confirmed"
    elif not x.confirmed:
        state = "backordered" if x.backordered else "cut"
    offs = zip(x.parts, x.parts_of(stands, x.gross(stands)), strict=True) if x.parts else ()
    return LineDecision(
        *(line.n, line.product, wanted, x.confirmed, x.backordered, x.cut, x.cut_reason),
        *(x.price, x.gross(stands) - net, net, state),
        substitute=x.swapped[0] if x.swapped is not None else None,
        promotions=[(part.promotion, off) for part, off in offs if off],
    )


def _substitutes(w: Working) -> list[LineDecision]:
    """Lines for what was sent instead, at the price of the line they replace; together they are
    never worth more than that line was."""
    lines: list[LineDecision] = []
    for x in w.live:
        if x.swapped is None:
            continue
        code, quantity = x.swapped
        stands = x.confirmed + x.backordered
        gross = x.gross(quantity)
        room = x.net_of(stands + quantity) - x.net_of(stands)
        net = max(0, min(gross, room))
        n = w.lines[-1].line.n + 1 + len(lines)
        lines.append(
            LineDecision(
                *(n, code, quantity, quantity, 0, 0, None, x.price, gross - net, net, "confirmed"),
                replaces=x.line.n,
            )
        )
    return lines


def _reserve(w: Working, lines: list[LineDecision]) -> list[tuple[str, str, int]]:
    """What to take from stock, by product, sorted: rows are locked in one order everywhere."""
    if w.store is None or w.store.warehouse is None or not w.promises_stock:
        return []
    sums: dict[str, int] = {}
    for line in lines:
        if line.confirmed > 0:
            sums[line.product] = sums.get(line.product, 0) + line.confirmed
    return [(w.store.warehouse, product, each) for product, each in sorted(sums.items())]


def _caps(w: Working) -> list[tuple[str, int]]:
    """What promotions gave: only where the budget was checked and the line is not in doubt."""
    sums: dict[str, int] = {}
    for x in w.live:
        if not x.parts or x.doubtful or w.doubtful:
            continue
        stands = x.confirmed + x.backordered
        for part, off in zip(x.parts, x.parts_of(stands, x.gross(stands)), strict=True):
            if part.budgeted:
                sums[part.promotion] = sums.get(part.promotion, 0) + off
    return sorted((promotion, off) for promotion, off in sums.items() if off)


def fold(facts: Facts, order: Order, decision: Decision) -> None:
    """Let the next order of the batch see what this one took. Changes `facts`, nothing else."""
    for warehouse, product, quantity in decision.reserve:
        stock = facts.stock.get((warehouse, product))
        if stock is not None:
            stock.reserved += quantity
    for promotion_id, off_minor in decision.caps:
        for promotion in facts.promotions.values():
            if not promotion.shares_with(promotion_id):
                continue
            if promotion.cap_left_minor is not None:
                promotion.cap_left_minor -= off_minor
            used = promotion.used_minor
            used[decision.store] = used.get(decision.store, 0) + off_minor
    credit = facts.credit.get(decision.store)
    if credit is not None:
        credit.ordered_minor += decision.exposure_minor
    back = facts.returnable.get(order.about or "")
    if back is not None and order.type in COMING_BACK and decision.state != "rejected":
        for one in decision.lines:
            back[one.product] = back.get(one.product, 0) - (one.ordered - one.cut)
    if order.id in facts.known:
        return
    facts.known[order.id] = decision.state
    facts.numbers.setdefault(order.number, order.id)
    if decision.state == "rejected" or order.type in COMING_BACK:
        return
    lines: dict[str, int] = {}
    for line in decision.lines:
        if line.replaces is None:
            lines[line.product] = lines.get(line.product, 0) + line.ordered
    twin = TwinFacts(order.id, order.number, order.rep, order.captured_at, lines)
    facts.twins.setdefault(decision.store, []).append(twin)
