"""The copy: taken in whole, again and again the same, and made anew when its shape changes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handhelds.reference import queries_tables
from handhelds.reference.answers import Page, Rows, Scopes
from handhelds.reference.local import Local
from schemas.rows import ROWS
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE, Clock, row


def test_a_swap_cut_before_its_commit_leaves_the_old_copy(handheld: Handheld) -> None:
    handheld.server.put("product", row("product", id="1", name="New", status="active"))

    def cut(name: str) -> None:
        if name == "before_swap_commit":
            raise KeyboardInterrupt

    handheld.local.failpoint = cut
    with pytest.raises(KeyboardInterrupt):
        handheld.sync()
    assert handheld.local.copy.mark("cursor") == "c-0"
    assert handheld.queries.product("1") is None
    handheld.local.failpoint = lambda name: None
    assert handheld.sync().state == "done"
    assert handheld.queries.product("1") is not None


def test_a_new_shape_of_the_rows_empties_the_copy_and_keeps_the_work(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    handheld.rep.start_visit("1042")
    monkeypatch.setattr(queries_tables, "shape_of", lambda version: 4_711 + version)
    again = handheld.reopen()
    assert again.queries.counts()["store"] == 0
    assert again.local.position().cursor is None
    assert again.local.queue().pending == 1
    assert again.sync().state == "done"
    assert again.queries.row("store", STORE) is not None
    again.local.close()


def page(kind: str, ids: list[str], gone: list[str], dropped: list[str], version: int) -> Page:
    data = [row(kind, id=id, scope=f"wh:{id[0]}", version=version) for id in ids]
    return Page(
        epoch="e",
        complete=True,
        server_time="2026-11-21T00:00:00Z",
        cursor=f"c-{version}",
        scopes=Scopes(dropped=dropped),
        rows={kind: Rows(list(ROWS[kind]), data)},
        gone={kind: gone},
    )


some_ids = st.lists(st.sampled_from(["a1", "a2", "b1", "b2", "c1"]), max_size=4, unique=True)
steps = st.lists(
    st.tuples(some_ids, some_ids, st.lists(st.sampled_from(["wh:a", "wh:b"]), max_size=1)),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps=steps)
def test_any_row_of_pages_leaves_what_a_plain_reading_of_the_rules_leaves(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[list[str], list[str], list[str]]],
) -> None:
    """Drop scopes, delete gone, put rows; each page twice, as after a lost reply."""
    local = Local(Path(tmp_path_factory.mktemp("home")), Clock())
    wanted: dict[str, int] = {}
    for version, (ids, gone, dropped) in enumerate([([], [], []), *steps], 1):
        wanted = {
            id: kept
            for id, kept in wanted.items()
            if f"wh:{id[0]}" not in dropped and id not in gone
        } | dict.fromkeys(ids, version)
        for _ in range(2):
            local.swap_in(page("stock", ids, gone, dropped, version))
    found = {one["id"]: one["version"] for one in local.db.execute("SELECT * FROM copy.stock")}
    local.close()
    assert found == wanted
