"""Photos in the console: shown at their store, signatures under their orders, and only to those
who see them."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.ids import uuid7
from server.photos import keeping
from tests.server.console import Console
from tests.server.office.conftest import Push
from tests.world import CELL, World, change

PICTURE = b"\xff\xd8\xff\xe0 a picture, for all that the console knows"


def arrived(
    world: World, folder: Path, count: int = len(PICTURE), *, key: str = "", rep: str = "r01",
    **more: Any,
) -> str:  # fmt: skip
    """A photo of the first store of which so many bytes have come."""
    key, now = key or uuid7(), datetime.now(UTC)
    told = {
        "store": world.stores[0], "visit": None, "card": None, "product": None,
        "note": "the end of the aisle", "captured_at": now, "media_type": "image/jpeg",
        "bytes": len(PICTURE), "sha256": hashlib.sha256(PICTURE).hexdigest(),
    } | more  # fmt: skip
    with world.begin() as conn:
        kept = keeping.begin(conn, CELL, key, "d-1", rep, told, now)
        keeping.append(conn, folder / "photos", kept, 0, PICTURE[:count], now)
    return key


def signed(
    world: World, folder: Path, push: Push, *told: Any, **more: Any
) -> tuple[str, str, dict[str, Any]]:
    """An order, and under its id a picture: the addresses of its page and of the picture."""
    body, _ = push([("p001", 4)])
    said = {"note": None, "media_type": "image/png"} | more
    arrived(world, folder, *told, key=body["id"], **said)
    return f"/office/orders/{CELL}/{body['id']}", f"/office/photos/{body['id']}", body


def test_a_photo_is_shown_at_its_store(desk: Console, world: World, tmp_path: Path) -> None:
    key = arrived(world, tmp_path)
    page = desk.page(f"/office/stores/{world.stores[0]}")
    assert f'src="/office/photos/{key}"' in page
    assert "the end of the aisle" in page
    answer = desk.client.get(f"/office/photos/{key}")
    assert (answer.status_code, answer.data) == (200, PICTURE)
    assert answer.content_type == "image/jpeg"
    again = desk.client.get(
        f"/office/photos/{key}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_photo_that_is_on_its_way_or_gone_is_told_so(
    desk: Console, world: World, tmp_path: Path
) -> None:
    coming, store = arrived(world, tmp_path, len(PICTURE) // 2), world.stores[0]
    assert "on its way, 50 %" in desk.page(f"/office/stores/{store}")
    assert desk.client.get(f"/office/photos/{coming}").status_code == 404
    with world.begin() as conn:
        keeping.expire(conn, datetime(9999, 1, 1, tzinfo=UTC))
    assert "its days are over" in desk.page(f"/office/stores/{store}")


def test_a_stranger_sees_no_photo(desk: Console, world: World, tmp_path: Path) -> None:
    key = arrived(world, tmp_path)
    desk.post("/office/sign-out")
    assert desk.client.get(f"/office/photos/{key}").status_code in (302, 401)


def test_a_picture_by_an_orders_id_is_the_stores_signature_under_it(
    desk: Console, world: World, push: Push, tmp_path: Path
) -> None:
    at = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
    order, picture, _ = signed(world, tmp_path, push, captured_at=at)
    page = desk.page(order)
    assert f'<img src="{picture}" alt="The store\'s signature"' in page
    said = page[page.index("Signed by the store") :]
    assert "10:05" in said[: said.index("</figcaption>")]  # of the company's clock
    assert "before the order was changed" not in page
    answer = desk.client.get(picture)
    assert (answer.data, answer.content_type) == (PICTURE, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    shelf = arrived(world, tmp_path)
    store = desk.page(f"/office/stores/{world.stores[0]}")
    assert (shelf in store, picture in store) == (True, False)


def test_an_order_nobody_signed_says_nothing_and_a_strangers_picture_signs_nothing(
    desk: Console, world: World, push: Push, tmp_path: Path
) -> None:
    body, _ = push([("p001", 4)])
    assert "Signed by" not in desk.page(f"/office/orders/{CELL}/{body['id']}")
    order, _, _ = signed(world, tmp_path, push, rep="r02")
    assert "Signed by" not in desk.page(order)


def test_a_signature_says_when_it_is_on_its_way_or_gone_and_that_the_order_was_changed(
    desk: Console, world: World, push: Push, tmp_path: Path
) -> None:
    order, picture, body = signed(world, tmp_path, push, len(PICTURE) // 2)
    page = desk.page(order)
    assert "Signed by the store" in page
    assert "on its way, 50 %" in page
    assert picture not in page
    lines = [line | {"quantity": 5, "typed": "5", "net_minor": 1250} for line in body["lines"]]
    revised = body | {"lines": lines, "net_minor": 1250, "base_revision": 1}
    verdicts, _ = world.push(world.carrier(), [change(2, "order", "revise", revised)])
    assert verdicts[0]["outcome"] == "applied", verdicts
    with world.begin() as conn:
        keeping.expire(conn, datetime(9999, 1, 1, tzinfo=UTC))
    page = desk.page(order)
    assert "before the order was changed" in page
    assert "its days are over" in page
