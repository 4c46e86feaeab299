"""Captures by chance: worlds and acts made from a seed, to be played on both handhelds."""

from random import Random
from typing import Any

from tests.handhelds.captures import Act, Case, world

STORES = ("1042", "877", "990", "555", "x1", "x2")
PRODUCTS = ("20041", "904", "20050", "20070", "20080", "20095")
UNITS = ("each", "each", "each", "case", "case", "pack")
DAYS = tuple(f"2026-11-{day}" for day in range(20, 29))


def case_of(seed: int, acts: int = 30) -> Case:
    """A case without what comes of it."""
    luck = Random(seed)
    rows = {
        "store": [_store(luck, n) for n in (1, 2)],
        "price": [_price(luck, n) for n in range(24)],
        "promotion": [_promotion(luck, n) for n in range(10)],
        "plan_stop": [_stop(luck, n) for n in range(8)],
        "card": [_card(luck, n) for n in range(6)],
        "must_stock": [_must(luck, n) for n in range(6)],
        "receivable": [_receivable(luck)],
    }
    return {"id": f"chance.{seed}", "rows": rows, "acts": [_act(luck, rows) for _ in range(acts)]}


def _id(kind: int, n: int) -> str:
    return f"01900000-0000-7000-8001-{kind:04d}{n:08d}"


def _store_id(code: str) -> str:
    found = next((row["id"] for row in world()["rows"]["store"] if row["code"] == code), None)
    return found or _id(1, int(code[1:]))


def _store(luck: Random, n: int) -> dict[str, Any]:
    return {
        **{"id": _id(1, n), "scope": f"st:{_id(1, n)}", "version": 1, "code": f"x{n}"},
        **{"name": f"Store {n}", "status": "active", "warehouse": luck.choice(("3", "4"))},
        **{"banner": luck.choice(("north", "south", None)), "zone": luck.choice(ZONES)},
        **{"channel": luck.choice(("grocery", "bar", None)), "store_class": luck.choice("AB")},
        **{"price_list": luck.choice(("own", None)), "lead_days": luck.randint(0, 4)},
        "delivery_days": sorted(luck.sample(range(1, 8), luck.randint(0, 5))),
        **{"lat_deg": luck.randint(-(2**12), 2**12) / 64, "lon_deg": luck.uniform(-180, 180)},
    }


ZONES = ("America/Chicago", "Asia/Shanghai", "Pacific/Apia", "Europe/Istanbul", None)


def _price(luck: Random, n: int) -> dict[str, Any]:
    begins, ends = sorted(luck.sample(DAYS, 2))
    return {
        **{"id": _id(2, n), "version": 1, "product": luck.choice(PRODUCTS)},
        "scope": "pl:" + luck.choice(("base", "north", "groc", "groc-a", "own")),
        "price": f"{luck.randint(0, 999)}.{luck.randint(1, 999999):06d}"[
            : luck.randint(5, 10)
        ].rstrip("."),
        "min_quantity": luck.choice((1, 1, 6, 12, 48)),
        "valid_from": f"{begins}T{luck.randint(0, 23):02d}:00:00Z",
        "valid_to": luck.choice((None, f"{ends}T00:00:00.{luck.randint(0, 999999):06d}Z")),
    }


def _promotion(luck: Random, n: int) -> dict[str, Any]:
    percent = luck.choice((None, f"{luck.randint(1, 30)}.{luck.randint(0, 9)}"))
    some = luck.sample(PRODUCTS, luck.randint(1, 4))
    steps = [[luck.randint(1, 60), str(luck.randint(1, 20)), None]]
    steps.append([luck.randint(1, 20_000), None, luck.randint(1, 400)])
    return {
        **{"id": _id(3, n), "scope": "company", "version": 1, "code": f"C{n}", "name": f"P {n}"},
        "kind": luck.choice(("percent", "amount", "tiers", "buy_get", "order")),
        **{"percent": percent, "amount_minor": luck.randint(0, 60), "tiers": steps},
        **{"tier_by": luck.choice(("quantity", "value")), "priority": luck.randint(0, 2)},
        **{"buy": luck.randint(0, 6), "get": luck.randint(1, 3), "stacks": luck.random() < 0.6},
        **{"get_product": luck.choice((None, *some)), "products": luck.choice((None, some))},
        **{"banner": luck.choice((None, None, "north")), "state": "live"},
        **{"channel": luck.choice((None, None, "bar")), "store_class": luck.choice((None, "A"))},
        **{"valid_from": f"{luck.choice(DAYS)}T10:42:03Z", "valid_to": None},
    }


def _stop(luck: Random, n: int) -> dict[str, Any]:
    return {
        **{"id": _id(4, n), "scope": "rep:r07", "version": 1, "rep": "r07"},
        **{"store": _store_id(luck.choice(STORES[3:])), "day": luck.choice(DAYS)},
        **{"sequence": luck.randint(1, 5), "pinned": luck.random() < 0.2},
        "state": luck.choice(("planned", "planned", "planned", "done", "skipped")),
    }


def _card(luck: Random, n: int) -> dict[str, Any]:
    store = _store_id(luck.choice(STORES[3:]))
    lines = [[*_seen(luck, product).values()] for product in luck.sample(PRODUCTS, 3)]
    return {
        **{"id": _id(5, n), "scope": f"st:{store}", "version": 1, "store": store, "rep": "r07"},
        "captured_at": f"2026-11-{luck.randint(1, 20):02d}T{n:02d}:10:00.000Z",
        **{"state": "closed", "lines": lines, "amendments": []},
    }


def _seen(luck: Random, product: str) -> dict[str, Any]:
    maybe = lambda most: luck.choice((None, luck.randint(0, most)))  # noqa: E731
    return {
        **{"product": product, "listed": None, "on_shelf": luck.random() < 0.7},
        **{"facings": maybe(9), "shelf_stock": maybe(40), "back_stock": maybe(40)},
        **{"price_minor": maybe(400), "promotion_seen": None},
        **{"out_of_stock": luck.random() < 0.2, "nearest_expiry": None},
    }


def _beside(luck: Random) -> list[dict[str, Any]]:
    """Often nothing; sometimes what no server reads."""
    names = luck.sample(("Kola Zero", "Own brand", "可乐", " ", ""), luck.choice((0, 0, 1, 2)))
    maybe = lambda most: luck.choice((None, luck.randint(0, most)))  # noqa: E731
    return [
        {
            **{"name": name, "price_minor": maybe(400), "facings": maybe(9)},
            "promotion_seen": luck.choice((None, True, False)),
            "note": luck.choice((None, "x")),
        }
        for name in names
    ]


def _must(luck: Random, n: int) -> dict[str, Any]:
    return {
        **{"id": _id(6, n), "scope": "company", "version": 1, "product": luck.choice(PRODUCTS)},
        **{"min_facings": luck.choice((None, 0, 3, 8)), "valid_from": luck.choice(DAYS)},
        **{"valid_to": luck.choice((None, *DAYS)), "banner": luck.choice((None, "north"))},
        **{"channel": luck.choice((None, "bar")), "store_class": luck.choice((None, "A", "B"))},
    }


def _receivable(luck: Random) -> dict[str, Any]:
    kinds = ("invoice", "invoice", "invoice", "credit_note", "on_account", "cheque_pending")
    items = []
    for n in range(8):
        due, open_minor = (
            f"2026-{luck.randint(1, 12):02d}-0{luck.randint(1, 9)}",
            luck.randint(0, 9_000),
        )
        items.append([f"R-{n}", luck.choice(kinds), due, due, 9_000, open_minor, None,
                      luck.random() < 0.2])  # fmt: skip
    return {
        **{"id": _id(1, 1), "scope": f"st:{_id(1, 1)}", "version": 1, "items": items},
        **{"limit_minor": luck.choice((None, 50_000)), "open_minor": luck.randint(0, 60_000)},
        "on_account_minor": luck.randint(0, 5_000),
    }


def _lines(luck: Random) -> list[dict[str, str]]:
    return [_line(luck, product) for product in luck.sample(PRODUCTS, luck.randint(1, 4))]


def _line(luck: Random, product: str) -> dict[str, str]:
    """Mostly one that can be ordered."""
    if luck.random() < 0.1:
        odd = luck.choice(("0.5", "0", "007", "1.5"))
        return {"product": product, "typed": odd, "uom": luck.choice(UNITS)}
    if product == "20080":
        return {"product": product, "typed": str(3 * luck.randint(1, 9)), "uom": "pack"}
    if product == "20050":
        return {"product": product, "typed": str(6 * luck.randint(4, 40)), "uom": "each"}
    return {"product": product, "typed": str(luck.randint(1, 60)), "uom": luck.choice(UNITS[:5])}


def _order(luck: Random) -> dict[str, str]:
    one = luck.choice(world()["rows"]["order"])
    return {"store": one["store"], "number": one["number"]}


def _money(luck: Random) -> dict[str, Any]:
    money: dict[str, Any] = {"method": luck.choice(("cash", "cheque", "transfer"))}
    money["amount_minor"] = luck.choice((700, 20_000, luck.randint(1, 200_000)))
    if money["method"] == "cheque":
        money |= {"cheque_no": str(luck.randint(1, 3)), "cheque_bank": luck.choice(("A", "B"))}
    if luck.random() < 0.4:
        money["wished"] = [[f"I-{luck.randint(0, 4)}", luck.randint(1, 90_000)]]
    return money


def _act(luck: Random, rows: dict[str, Any]) -> Act:
    store = luck.choice(STORES)
    day, to = luck.choice(DAYS), luck.choice(DAYS)
    stops = [row["id"] for row in rows["plan_stop"]]
    seen = [_seen(luck, product) for product in luck.sample(PRODUCTS, 2)]
    position = f"{luck.randint(-90 * 64, 90 * 64) / 64},{luck.uniform(-180, 180):.7f}"
    acts: list[Act] = [
        *({"do": "order", "store": store, "lines": _lines(luck)} for _ in range(6)),
        *({"do": "pad", "store": store, "lines": _lines(luck)} for _ in range(4)),
        {"do": "revise", "order": _order(luck), "lines": _lines(luck)},
        {"do": "cancel", "order": _order(luck), "reason": "asked"},
        {"do": "give_back", "order": _order(luck), "lines": _lines(luck)[:1]},
        {"do": "returnable", "order": _order(luck)},
        {"do": "start_visit", "store": store},
        {"do": "end_visit", "store": store, "note": luck.choice((None, "well"))},
        {"do": "skip_visit", "store": store, "reason": "closed"},
        {"do": "card", "store": store, "lines": seen, "competitors": _beside(luck)},
        {"do": "competitors_shown", "store": "1042"},
        {"do": "amend_card", "store": store, "lines": seen},
        {"do": "collect", "store": luck.choice(("1042", store)), "money": _money(luck)},
        {"do": "till", "store": luck.choice(("1042", "x1", store)), "money": _money(luck)},
        {"do": "suggestions", "store": store},
        {"do": "plan", "store": store, "day": day, "sequence": luck.choice((None, 2))},
        {"do": "move_stop", "store": store, "day": day, "to": to},
        {"do": "swap_stops", "one": luck.choice(stops), "other": luck.choice(stops)},
        {"do": "skip_stop", "id": luck.choice(stops), "reason": "holiday"},
        {"do": "edit_store", "store": store, "fields": {"position": position, "phone": day}},
        {"do": "new_store", "name": "New", "fields": {"position": position}},
        {"do": "add_contact", "store": store, "name": f"Kim {day}", "fields": {"role": to}},
        {"do": "answer", "item": luck.choice(world()["rows"]["conflict"])["id"],
         "name": "keep_waiting"},
        {"do": "later", "seconds": luck.randint(1, 40_000)},
        {"do": "needs"},
    ]  # fmt: skip
    return luck.choice(acts)
