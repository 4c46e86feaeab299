"""Photos in the console: shown at their store, and only to those who see it."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from schemas.ids import uuid7
from server.photos import keeping
from tests.server.console import Console
from tests.world import CELL, World

PICTURE = b"\xff\xd8\xff\xe0 a picture, for all that the console knows"


def arrived(world: World, folder: Path, count: int = len(PICTURE)) -> str:
    """A photo of the first store of which so many bytes have come."""
    key, now = uuid7(), datetime.now(UTC)
    told = {
        "store": world.stores[0], "visit": None, "card": None, "product": None,
        "note": "the end of the aisle", "captured_at": now, "media_type": "image/jpeg",
        "bytes": len(PICTURE), "sha256": hashlib.sha256(PICTURE).hexdigest(),
    }  # fmt: skip
    with world.begin() as conn:
        kept = keeping.begin(conn, CELL, key, "d-1", "r01", told, now)
        keeping.append(conn, folder / "photos", kept, 0, PICTURE[:count], now)
    return key


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
