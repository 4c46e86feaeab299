"""Segments over HTTP: bytes by Range and ETag, and only for who carries their scope."""

import hashlib
from typing import Any

import msgspec
import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from schemas.turned import straighten
from schemas.versions import NEWEST
from server.handheld.ranges import Wanted, wanted
from sync import segments
from tests.server.handheld.conftest import Phone
from tests.sync.segment_harness import build_all
from tests.world import World


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """All segments are prepared and named; the list `foreign` is carried by nobody."""
    monkeypatch.setattr(segments, "INSIDE_BYTES", 0)
    world.run(
        "INSERT INTO price_list (cell, code, name, currency, level, scope, version, changed_by)"
        " VALUES (1, 'foreign', 'Foreign', 'USD', 'store', 'company', 1, 'test')"
    )
    build_all(world)
    return world


def segment_of(world: World, scope: str) -> str:
    return str(world.one("SELECT id FROM segment WHERE scope = %s", scope))


def get(phone: Phone, segment: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.client.get(f"/sync/v1/segments/{segment}", headers=phone.headers | named)


def test_a_first_pull_names_segments_and_they_hold_its_rows(
    client: FlaskClient, shop: World
) -> None:
    phone = Phone(client, shop)
    plain = phone.pull(schema=NEWEST).json
    page = phone.pull(segments=True, schema=NEWEST).json
    assert page["complete"] is True
    assert {one["scope"] for one in page["segments"]} == {"company", "pl:base", "wh:w1"}
    assert not page["rows"].keys() & {"product", "price", "stock"}
    assert set(page["scopes"]["added"]) == set(plain["scopes"]["added"])
    for one in page["segments"]:
        answer = get(phone, one["id"])
        assert answer.status_code == 200
        assert answer.content_type == "application/zstd"
        assert "Content-Encoding" not in answer.headers
        assert len(answer.data) == one["bytes"]
        assert hashlib.sha256(answer.data).hexdigest() == one["sha256"]
        kinds = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(answer.data))
        assert sum(len(part["turned"][0]) for part in kinds.values()) == one["rows"]
        for kind, part in kinds.items():
            rows = straighten(part["columns"], part["turned"])
            assert sorted(rows) == sorted(plain["rows"][kind]["data"])


def test_who_asks_for_turned_rows_gets_them_where_there_are_many(
    client: FlaskClient, shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(client, shop)
    plain = phone.pull(schema=NEWEST).json["rows"]
    assert phone.pull(turned=True, schema=NEWEST).json["rows"] == plain
    monkeypatch.setattr("server.handheld.views.TURNED_ROWS", 1)
    turned = phone.pull(turned=True, schema=NEWEST).json["rows"]
    assert turned.keys() == plain.keys()
    for kind, part in turned.items():
        assert "data" not in part
        assert straighten(part["columns"], part["turned"]) == plain[kind]["data"]


def test_a_large_page_is_pressed_harder_and_says_so(
    client: FlaskClient, shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(client, shop)
    plain = phone.pull(schema=NEWEST).json["rows"]
    monkeypatch.setattr("server.handheld.views.LARGE_BYTES", 1)
    body = msgspec.json.encode(phone.body(cursor=None, page=None, schema=NEWEST))
    answer = phone.post("pull", body, **{"Accept-Encoding": "zstd, gzip"})
    assert answer.headers["Content-Encoding"] == "zstd"
    assert "Accept-Encoding" in answer.headers["Vary"]
    found = msgspec.json.decode(
        zstandard.ZstdDecompressor().decompressobj().decompress(answer.data)
    )
    assert found["rows"] == plain
    for accepted in ("gzip", "identity"):
        answer = phone.post("pull", body, **{"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") in (None, "gzip"), accepted


def test_what_a_page_named_is_still_there_when_it_was_built_anew_meanwhile(
    client: FlaskClient, shop: World
) -> None:
    phone = Phone(client, shop)
    named = phone.pull(segments=True, schema=NEWEST).json["segments"]
    build_all(shop)
    assert not {one["id"] for one in named} & {
        one["id"] for one in phone.pull(segments=True, schema=NEWEST).json["segments"]
    }
    for one in named:
        assert hashlib.sha256(get(phone, one["id"]).data).hexdigest() == one["sha256"]


# --- who may have them ---------------------------------------------------------------------------


def test_a_handheld_without_the_grant_learns_nothing(client: FlaskClient, shop: World) -> None:
    """A foreign list, a list that was taken away, and none at all: one and the same answer."""
    phone = Phone(client, shop)
    base, foreign = segment_of(shop, "pl:base"), segment_of(shop, "pl:foreign")
    assert get(phone, base).status_code == 200
    unknown = get(phone, "s-there-is-none")
    assert (unknown.status_code, unknown.json["code"]) == (404, "segment_unknown")
    shop.run("UPDATE scope_grant SET told_end = true WHERE rep = 'r01' AND scope = 'pl:base'")
    for segment in (foreign, base):
        for headers in ({}, {"Range": "bytes=0-9"}, {"If_None_Match": "*"}):
            answer = get(phone, segment, **headers)
            assert answer.status_code == 404
            assert answer.data == unknown.data
            assert "ETag" not in answer.headers
            assert "Content-Range" not in answer.headers
    other = Phone(client, shop, "r02")
    assert get(other, base).status_code == 200


def test_another_companys_segments_are_unknown(client: FlaskClient, shop: World) -> None:
    phone = Phone(client, shop)
    company = segment_of(shop, "company")
    assert get(phone, company).status_code == 200
    shop.run("UPDATE segment SET cell = 77 WHERE scope = 'company'")
    assert get(phone, company).status_code == 404


def test_a_grant_of_the_same_scope_in_another_cell_is_none(
    client: FlaskClient, shop: World
) -> None:
    """Warehouses of two depots may have one code."""
    phone = Phone(client, shop)
    stock = segment_of(shop, "wh:w1")
    assert get(phone, stock).status_code == 200
    shop.run("UPDATE segment SET cell = 3 WHERE scope = 'wh:w1'")
    assert get(phone, stock).status_code == 404


def test_nobody_and_a_revoked_handheld_get_problems(client: FlaskClient, shop: World) -> None:
    phone = Phone(client, shop)
    segment = segment_of(shop, "company")
    nobody = client.get(f"/sync/v1/segments/{segment}")
    assert (nobody.status_code, (nobody.json or {})["code"]) == (401, "not_authenticated")
    shop.run("UPDATE device SET state = 'revoked'")
    answer = get(phone, segment)
    assert (answer.status_code, answer.json["code"]) == (403, "device_revoked")


# --- bytes, as the standard has them -------------------------------------------------------------


def test_bytes_are_taken_up_where_they_broke(client: FlaskClient, shop: World) -> None:
    phone, segment = Phone(client, shop), segment_of(shop, "company")
    whole = get(phone, segment)
    size, tag = len(whole.data), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    rest = get(phone, segment, Range="bytes=100-", If_Range=tag)
    assert (rest.status_code, rest.data) == (206, whole.data[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{size - 1}/{size}"
    assert rest.headers["ETag"] == tag
    assert rest.content_length == size - 100
    again = get(phone, segment, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    behind = get(phone, segment, Range=f"bytes={size}-")
    assert (behind.status_code, behind.json["code"]) == (416, "range_unsatisfiable")
    assert behind.headers["Content-Range"] == f"bytes */{size}"
    head = phone.client.head(f"/sync/v1/segments/{segment}", headers=phone.headers)
    assert (head.status_code, head.data) == (200, b"")


WHOLE = Wanted("whole", 0, 1000)


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({}, WHOLE),
        ({"Range": "bytes=0-"}, Wanted("part", 0, 1000)),
        ({"Range": "bytes=0-0"}, Wanted("part", 0, 1)),
        ({"Range": "bytes=999-"}, Wanted("part", 999, 1000)),
        ({"Range": "bytes=500-5000"}, Wanted("part", 500, 1000)),
        ({"Range": "bytes=-10"}, Wanted("part", 990, 1000)),
        ({"Range": "bytes=-5000"}, Wanted("part", 0, 1000)),
        ({"Range": "bytes=1000-"}, Wanted("none_such", 0, 0)),
        ({"Range": "bytes=1000-2000"}, Wanted("none_such", 0, 0)),
        ({"Range": "bytes=9-3"}, WHOLE),
        ({"Range": "bytes=0-1,5-6"}, WHOLE),
        ({"Range": "lines=0-1"}, WHOLE),
        ({"Range": "bytes=x-"}, WHOLE),
        ({"Range": "bytes="}, WHOLE),
        ({"Range": "bytes"}, WHOLE),
        ({"Range": ""}, WHOLE),
        ({"Range": "bytes=5-9", "If-Range": '"abc"'}, Wanted("part", 5, 10)),
        ({"Range": "bytes=5-9", "If-Range": '"other"'}, WHOLE),
        ({"Range": "bytes=5-9", "If-Range": 'W/"abc"'}, WHOLE),
        ({"Range": "bytes=5-9", "If-Range": "Sat, 21 Nov 2026 10:00:00 GMT"}, WHOLE),
        ({"Range": "bytes=5-9", "If-Range": ""}, WHOLE),
        ({"Range": "bytes=2000-", "If-Range": '"other"'}, WHOLE),
        ({"If-None-Match": '"abc"'}, Wanted("unchanged", 0, 0)),
        ({"If-None-Match": 'W/"abc"'}, Wanted("unchanged", 0, 0)),
        ({"If-None-Match": '"x", "abc"'}, Wanted("unchanged", 0, 0)),
        ({"If-None-Match": "*"}, Wanted("unchanged", 0, 0)),
        ({"If-None-Match": '"x"', "Range": "bytes=1-2"}, Wanted("part", 1, 3)),
        ({"If-None-Match": '"abc"', "Range": "bytes=1-2"}, Wanted("unchanged", 0, 0)),
        ({"If-None-Match": ""}, WHOLE),
    ],
)
def test_what_request_headers_ask_for(headers: dict[str, str], answer: Wanted) -> None:
    assert wanted(Headers(headers), "abc", 1000) == answer
