"""What a rep was told is saved outlives anything that happens to the browser: its death in the
middle of a save, another tab, an app that keeps its store otherwise, no room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.handheld import views_pwa
from tests.browser.conftest import NewHandheld
from tests.browser.handheld import code_for, enrolled, plan_today, wait_until
from tests.world import World

pytestmark = [pytest.mark.browser]

CHANGE = """
  const change = (id, body) => ({
    id, kind: "visit", act: "save", v: 3, depends_on: [], seen: {},
    captured: { wall: new Date().toISOString(), monotonic_ms: 1, boot: "b-1" }, body,
  });
"""

SAVING = f"""() => {{
  {CHANGE}
  globalThis.strict = [];
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, how) {{
    const tx = begin.call(this, stores, mode, how);
    if (mode === "readwrite" && [stores].flat().includes("change")) strict.push(tx.durability);
    return tx;
  }};
  const go = async () => {{
    const {{ open }} = await import("/app/local.js");
    const local = await open("durable");
    for (let n = 1; ; n++) {{
      await local.keepDraft(`draft-${{n}}`, {{ n }});
      const body = {{ id: `row-${{n}}`, store: "s-1", state: "started", note: "x".repeat(n * 50) }};
      await local.save((next) => {{
        next("order");
        return {{ changes: [change(`c-${{n}}`, body)], forget: [`draft-${{n}}`] }};
      }});
      console.log(`saved ${{n}} ${{[...new Set(strict)]}}`);
    }}
  }};
  void go();
}}"""

KEPT = """async () => {
  const { open } = await import("/app/local.js");
  const local = await open("durable");
  const trail = await local.trail();
  return {
    changes: trail.map((one) => one.id).reverse(), damaged: trail.filter((one) => one.damaged),
    rows: (await local.rows("visit")).map((row) => row.id),
    drafts: (await local.drafts()).map((one) => one.key), orders: await local.counted("order"),
  };
}"""


def test_a_browser_killed_while_it_saves_loses_nothing_it_said_is_saved_and_keeps_no_half(
    address: str, handheld: NewHandheld
) -> None:
    rep = handheld(address)
    told = 0
    for least in (30, 60):
        page = rep.open()
        if least == 30:
            page.evaluate(SAVING)
            with page.expect_console_message(
                lambda said: said.text.startswith("saved 30 ")
            ) as last:
                pass
            assert last.value.text == "saved 30 strict"
            told = 30
            rep.kill()
            continue
        kept = page.evaluate(KEPT)
        count = len(kept["changes"])
        assert count >= told
        assert kept["changes"] == [f"c-{n}" for n in range(1, count + 1)]
        assert sorted(kept["rows"]) == sorted(f"row-{n}" for n in range(1, count + 1))
        assert set(kept["drafts"]) <= {f"draft-{count + 1}"}  # saved: gone; the next: perhaps kept
        assert kept["orders"] == count
        assert kept["damaged"] == []


TABS = f"""async ([store, tab]) => {{
  {CHANGE}
  const {{ opened }} = await import("/app/ctx.js");
  const {{ newId }} = await import("/app/local.js");
  const {{ local, link }} = opened.value;
  for (let n = 0; n < 5; n++) {{
    const body = {{ id: newId(), store, state: "started", note: `${{tab}} ${{n}}` }};
    await local.save({{ changes: [change(newId(), body)] }});
    void link.sync();
  }}
  const ended = await link.sync();
  return [ended.state, (await local.queue()).pending];
}}"""


@pytest.mark.slow
def test_two_tabs_that_save_and_sync_together_send_each_change_once_and_are_one_machine(
    world: World, address: str, handheld: NewHandheld
) -> None:
    rep = handheld(address)
    first = enrolled(rep, code_for(world))
    assert rep.context is not None
    second = rep.context.new_page()
    second.goto(rep.address)
    expect(second.get_by_text("Everything is sent").first).to_be_visible()
    for turn in range(3):  # turn by turn each tab speaks after the other
        for name, page in (("first", first), ("second", second)):
            assert page.evaluate(TABS, [world.stores[0], f"{name} {turn}"]) == ["done", 0]
    both = "([store, name]) => { globalThis.both = (" + TABS + ")([store, name]); }"
    for name, page in (("first", first), ("second", second)):
        page.evaluate(both, [world.stores[0], f"{name} at once"])
    for page in (first, second):
        assert page.evaluate("() => both")[0] == "done"
    assert world.one("SELECT count(*) FROM visit") == 40
    assert world.one("SELECT count(DISTINCT note) FROM visit") == 40
    spoken = "SELECT trouble FROM device WHERE cardinality(boots) > 2"
    assert world.rows(spoken) == [(None,)]


WRITES = f"""async ([store]) => {{
  {CHANGE}
  const {{ opened }} = await import("/app/ctx.js");
  const {{ newId }} = await import("/app/local.js");
  const {{ local, link }} = opened.value;
  link.close();
  await local.keepDraft("kept", {{ typed: "half an order" }});
  const picture = new Blob([crypto.getRandomValues(new Uint8Array(50_000))]);
  await local.photos.keep({{ store, media_type: "image/jpeg" }}, picture);
  const body = {{ id: newId(), store, state: "started", note: "before the update" }};
  await local.save({{ changes: [change(newId(), body)] }});
}}"""
STATE = """async () => {
  const { opened } = await import("/app/ctx.js");
  const { local } = opened.value;
  const found = await indexedDB.databases();
  return { version: found.find((one) => one.name === "talaria").version,
    draft: await local.draft("kept"), stores: (await local.rows("store")).length };
}"""

SENT = """async () => {
  const { local } = (await import("/app/ctx.js")).opened.value;
  return (await local.photos.list()).every((one) => one.state === "whole");
}"""
OPENED = "async () => (await import('/app/ctx.js')).opened.value !== null"
CHANGED_OVER = """async () =>
  (await indexedDB.databases()).some((one) => one.name === "talaria" && one.version === 2)"""


@pytest.fixture
def _other_builds() -> Iterator[None]:
    """What this process knows of the app's files is forgotten before and after."""
    forget()
    yield
    forget()


@pytest.mark.slow
@pytest.mark.usefixtures("_other_builds")
def test_an_update_that_keeps_its_store_otherwise_brings_all_work_along(
    world: World, address: str, handheld: NewHandheld, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    later = tmp_path / "later"
    shutil.copytree(views_pwa.FOLDER, later)
    schema = later / "stored" / "schema.js"
    step = '  async (_db, tx) => { tx.objectStore("change").createIndex("kind", "kind"); },\n];\n'
    before, _, after = schema.read_text().partition("\n];\n")
    schema.write_text(f"{before}\n{step}{after}")
    plan_today(world, world.stores[:1])
    rep = handheld(address)
    page = enrolled(rep, code_for(world))
    page.evaluate(WRITES, [world.stores[0]])
    was: dict[str, Any] = page.evaluate(STATE)
    assert rep.context is not None
    other = rep.context.new_page()  # an older page that has the store open
    other.goto(rep.address)
    expect(other.get_by_text("Store 1").first).to_be_visible()
    monkeypatch.setattr(views_pwa, "FOLDER", later)
    forget()
    update(page)
    page.evaluate("async () => (await import('/app/updates.js')).changeOver(true)")
    wait_until(page, CHANGED_OVER)
    for one in (page, other):
        expect(one.get_by_text("Store 1").first).to_be_visible(timeout=30_000)
        wait_until(one, OPENED)
    now = page.evaluate(STATE)
    assert now == was | {"version": 2}
    assert now["draft"] == {"typed": "half an order"}
    expect(page.get_by_text("Everything is sent").first).to_be_visible(timeout=30_000)
    assert world.rows("SELECT note FROM visit") == [("before the update",)]
    wait_until(page, SENT)
    assert world.rows("SELECT state, received_bytes FROM photo") == [("whole", 50_000)]


ROOM = f"""async () => {{
  {CHANGE}
  const {{ open }} = await import("/app/local.js");
  const local = await open("full");
  const bytes = (size) => {{ // what cannot be packed
    const found = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) {{
      crypto.getRandomValues(found.subarray(at, at + 65_536));
    }}
    return found;
  }};
  let pages = 0;
  try {{
    for (; pages < 100; pages++) await local.db.add("staged", bytes(1_000_000));
  }} catch (trouble) {{
    if (trouble.name !== "QuotaExceededError") throw trouble;
  }}
  const note = bytes(150_000).reduce((text, one) => text + String.fromCharCode(32 + one), "");
  const body = {{ id: "row-1", store: "s-1", state: "started", note }};
  let saved = 0, said = "";
  try {{
    for (; saved < 50; saved++) await local.save({{ changes: [change(`c-${{saved}}`, body)] }});
  }} catch (trouble) {{
    said = trouble.name;
  }}
  return {{ pages, saved, said, kept: (await local.trail()).length,
    staged: await local.db.count("staged") }};
}}"""


def test_without_room_pulled_pages_go_first_and_an_order_is_saved_or_refused_aloud(
    address: str, handheld: NewHandheld
) -> None:
    rep = handheld(address)
    page = rep.open()
    assert rep.context is not None
    session = rep.context.new_cdp_session(page)
    quota = {"origin": address, "quotaSize": 12_000_000}
    session.send("Storage.overrideQuotaForOrigin", quota)
    found = page.evaluate(ROOM)
    assert 0 < found["pages"] < 100  # the room was used up
    assert found["staged"] == 0
    assert found["saved"] == found["kept"] > 0
    assert found["said"] == ("" if found["saved"] == 50 else "NotSaved")


def update(page: Page) -> None:
    """Look for a new version, and wait until it is fetched whole."""
    page.evaluate("""async () => {
      const found = await navigator.serviceWorker.getRegistration();
      await found.update();
      const { installing } = found;
      if (installing) await new Promise((then) => { installing.onstatechange = then; });
    }""")


def forget() -> None:
    views_pwa.app_files.cache_clear()
    views_pwa._pressed.cache_clear()
