"""The browser's screens show what the reference handheld's show, from the same rows."""

from typing import Any

import msgspec

from handhelds.reference import screens, screens_till, screens_work
from handhelds.reference.visit import Wanted
from schemas.rows import ROWS
from tests.handhelds.conftest import Handheld
from tests.handhelds.test_pwa import run

WORDS = ""


def shown_by_browser(handheld: Handheld, store: str) -> Any:
    """What shown/*.js makes of this handheld's rows."""
    local, pad = handheld.local, handheld.rep.pad
    told = {
        "rows": {kind: handheld.queries.rows(kind) for kind in ROWS},
        "enrolment": local.fact("enrolment"),
        "marks": {name: local.copy.mark(name) for name in ("as_of", "server_time", "cursor")},
        "now_ms": int(pad.now().timestamp() * 1000),
        "store": store,
        "words": WORDS,
        "first": pad.today().isoformat(),
    }
    text = msgspec.json.encode(told).decode()
    return msgspec.json.decode(run("tests/handhelds/pwa/shown_told.js", told=text))


def only(row: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row that another has."""
    return {name: row[name] for name in like}


def test_the_browser_shows_what_the_reference_handheld_shows(handheld: Handheld) -> None:
    rep = handheld.rep
    at = handheld.queries.pulled("store")[0]
    store, code = at["id"], at["code"]
    rep.start_visit(code)
    product = handheld.queries.pulled("product")[0]["id"]
    rep.plan(code, rep.pad.today())
    rep.order(code, [Wanted(product, "12")])
    seen = {"product": product, "on_shelf": False, "out_of_stock": True}
    rep.card(code, [seen], [{"name": "Kola Zero", "price_minor": 129}])
    mine = shown_by_browser(handheld, store)

    theirs = screens.store(rep, code)
    ages = ("age",)
    assert mine["store"]["store"] == theirs["store"]
    for name in ("orders", "cards", "visits", "contacts", "items", "next_delivery"):
        assert mine["store"][name] == theirs[name], name
    assert all(mine["store"][name] for name in ("orders", "cards", "visits"))
    assert [one["product"] for one in mine["store"]["gaps"]] == theirs["gaps"]
    owed = {name: value for name, value in theirs["owed"].items() if name not in ages}
    assert only(mine["store"]["owed"], owed) == owed
    assert mine["store"]["owed"]["age"]["age_s"] == theirs["owed"]["age"]["age_s"]

    theirs = screens_till.owed(rep, code)
    assert mine["owed"]["items"] == theirs["items"]
    assert (mine["owed"]["paid_minor"], mine["owed"]["cheques_minor"]) == (
        theirs["paid_minor"], theirs["cheques_minor"],
    )  # fmt: skip

    theirs = screens.stock(rep, WORDS, code, 50)
    for one, other in zip(mine["stock"]["products"], theirs["products"], strict=True):
        other.pop("price")
        assert only(one, other) == other
    assert mine["stock"]["warehouse"] == theirs["warehouse"]
    assert mine["stock"]["age"]["age_s"] == theirs["age"]["age_s"]

    assert theirs["products"]
    theirs = screens_work.plan(rep, rep.pad.today(), 28)
    assert [only(one, other) for one, other in zip(mine["plan"]["stops"], theirs["stops"],
            strict=True)] == theirs["stops"]  # fmt: skip
    assert theirs["stops"]
