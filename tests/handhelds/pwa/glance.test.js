// @ts-check
// What makes the app quick: the day's list kept for the next start, a reading that is handed out
// again, a save that asks for nothing. None of them may ever show or save what has changed since.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../../../handhelds/pwa/local.js";
import { Memory } from "../../../handhelds/pwa/memory.js";
import { read } from "../../../handhelds/pwa/queries.js";
import { dayOf, readDay } from "../../../handhelds/pwa/shown/day.js";
import { plan } from "../../../handhelds/pwa/stops.js";
import { SHAPE, glance, keepDay, stamp } from "../../../handhelds/pwa/stored/glance.js";
import { verbsOf } from "../../../handhelds/pwa/verbs.js";
import { Rep } from "../../../handhelds/pwa/visit.js";
import { Player, world } from "./captures.js";
import { fresh } from "./double.js";
import { visit } from "./server.js";

const STORE = world.rows.store[0].id;
const LINES = [{ product: "20041", typed: "1", uom: "case" }];
const DAY = /** @type {any} */ (
  { day: { day: "2026-11-21", stops: [{ id: "s-1" }] }, isWhole: true });

/** @param {import("../../../handhelds/pwa/local.js").Local} local */
const seen = async (local) => (await glance(local.db, [], [])).listed;

/** How many transactions are begun while it acts. @param {() => Promise<unknown>} act */
async function transactions(act) {
  const whole = IDBDatabase.prototype.transaction;
  let count = 0;
  IDBDatabase.prototype.transaction = function (/** @type {any[]} */ ...given) {
    count += 1;
    return /** @type {any} */ (whole).apply(this, given);
  };
  try {
    await act();
  } finally {
    IDBDatabase.prototype.transaction = whole;
  }
  return count;
}

test("the day's list as it was last read holds until anything it was made of changes", async () => {
  const { local } = await fresh();
  /** @type {[string, () => Promise<unknown>][]} */
  const changes = [
    ["work saved", () => local.save({ changes: [visit("v-1")] })],
    ["work undone", () => local.undo("v-1")],
    ["an order begun", () => local.keepDraft("order/st-1", { lines: [] })],
    ["an order let go", () => local.dropDraft("order/st-1")],
    ["rows that came", () => local.db.put("mark", "2", "turn")],
    ["a store taken away", () => local.db.put("mark", '["st:1"]', "greyed")],
    ["a verdict", () => local.db.put("counter", 7, "answer")],
  ];
  assert.equal(await seen(local), null);
  for (const [what, change] of changes) {
    await keepDay(local.db, await stamp(local.db), DAY);
    assert.deepEqual(await seen(local), DAY, `before ${what}`);
    await change();
    assert.equal(await seen(local), null, what);
  }
  const before = await stamp(local.db);
  await local.save({ changes: [visit("v-2")] });
  await keepDay(local.db, before, DAY); // read while something was saved
  assert.equal(await seen(local), null);
  await local.db.put("mark", "{ half of it", "day_shown");
  assert.equal(await seen(local), null);
  local.close();
});

test("of a copy that was dropped while the list was read, nothing is kept", async () => {
  const { local } = await fresh();
  await local.db.put("mark", "7", "turn");
  const before = await stamp(local.db);
  await local.wipe();
  await keepDay(local.db, before, DAY);
  assert.equal(await local.db.get("mark", "day_shown"), undefined);
  local.close();
});

test("the list to begin with is handed out once, and not after anything has changed", async (at) => {
  const { local } = await fresh();
  /** A start of the app. */
  const begun = () => {
    const memory = new Memory(local);
    memory.begin(DAY);
    return memory;
  };
  const first = begun();
  assert.deepEqual([first.takeDay(), first.takeDay()], [DAY, null]);
  /** @type {[string, () => Promise<unknown>][]} */
  const changes = [
    ["work saved", () => local.save({ changes: [visit("v-1")] })],
    ["work undone", () => local.undo("v-1")],
    ["an order begun", () => local.keepDraft("order/st-1", { lines: [] })],
  ];
  for (const [what, change] of changes) {
    const memory = begun(); // at a store, say; the day is gone to later
    await change();
    assert.equal(memory.takeDay(), null, what);
  }
  at.mock.timers.enable({ apis: ["Date"], now: new Date("2026-11-21T20:00:00") });
  const evening = begun(); // and the code is typed the next morning
  at.mock.timers.setTime(new Date("2026-11-22T07:00:00").getTime());
  assert.equal(evening.takeDay(), null);
  local.close();
});

test("facts and marks are seen in one look as they are read one by one", async () => {
  const { local } = await fresh();
  await local.keepFacts({ enrolment: { rep: { code: "r01" } }, pin: null });
  await local.db.put("mark", '{"stock":"2026-11-21T10:00:00Z"}', "as_of");
  /** @type {any} */
  let found;
  const count = await transactions(async () => {
    found = await glance(local.db, ["enrolment", "pin"], ["as_of", "pulled_at"]);
  });
  assert.equal(count, 1);
  assert.deepEqual(found.facts, { enrolment: { rep: { code: "r01" } }, pin: null });
  assert.deepEqual(found.marks, { as_of: { stock: "2026-11-21T10:00:00Z" }, pulled_at: null });
  local.close();
});

test("a list of another shape has another number, so that an update never draws an older one", async () => {
  const player = await Player.begin();
  const { local } = player;
  const today = await dayOf(local);
  const found = await readDay(local, today);
  local.close();
  assert.deepEqual([SHAPE, Object.keys(found).join(" ")], [2,
    "day stops missing left line_m next partial pulled_at stock_as_of"]);
  assert.ok(found.stops.length > 0);
  for (const one of found.stops) {
    assert.equal(Object.keys(one).join(" "),
      "id sequence store state pinned rejected unsent distance_m tasks");
  }
});

test("a wish for today that the server has not taken says so, and a visit says more", async () => {
  for (const [outcome, tone] of [["held", "wait"], ["waiting", "go"], ["rejected", "stop"]]) {
    const player = await Player.begin();
    const { local, rep } = player;
    const today = await dayOf(local);
    const before = await readDay(local, today);
    const planned = before.stops.map((one) => one.store.id);
    const store = world.rows.store.map((/** @type {any} */ row) => row.id)
      .find((/** @type {string} */ one) => !planned.includes(one));
    const wish = await plan(rep, store, today);
    const tasks = async () => (await readDay(local, today)).stops
      .find((one) => one.store.id === store)?.tasks.map((one) => [one.what, one.tone]) ?? [];
    const told = async () => (await tasks()).filter(([what]) => what === outcome);
    assert.deepEqual(await told(), [], "not answered yet");
    player.server.verdicts[wish.change] = { outcome, conflicts: [] };
    await player.sync();
    assert.deepEqual(await told(), [[outcome, tone]]);
    const { left, stops } = await readDay(local, today);
    assert.equal(left, before.left + (outcome === "rejected" ? 0 : 1), outcome);
    assert.deepEqual(stops.filter((one) => one.rejected).length, outcome === "rejected" ? 1 : 0);
    await rep.startVisit(String(store));
    assert.deepEqual(await told(), [], "the rep is there");
    local.close();
  }
});

test("rows of several stores at once are those of each store by itself", async () => {
  const player = await Player.begin();
  const { local } = player;
  await new Rep(local, () => player.catalogue).startVisit(STORE);
  const stores = world.rows.store.map((/** @type {any} */ row) => row.id);
  for (const kind of ["store", "receivable", "visit", "card"]) {
    const found = await local.rowsByStore(kind, [...stores, "nobody"]);
    for (const id of stores) assert.deepEqual(found.get(id), await local.rows(kind, id), kind);
    assert.deepEqual(found.get("nobody"), []);
  }
  local.close();
});

test("a store that was read is not read again until something changes, here or in another tab", async () => {
  const player = await Player.begin();
  const { local, clock, catalogue } = player;
  const rep = new Rep(local, () => catalogue);
  const reading = () => read(local, catalogue, STORE, ["visit", "order"]);
  const first = await reading();
  clock.ticksMs += 5_000;
  /** @type {any} */
  let next;
  assert.equal(await transactions(async () => { next = await reading(); }), 0);
  assert.equal(next.now_ms, first.now_ms + 5_000);
  assert.deepEqual(next.rows("order"), first.rows("order"));
  assert.notEqual(await transactions(() => read(local, catalogue, STORE, ["card"])), 0);
  assert.notEqual(await transactions(() => read(local, catalogue, null, ["visit"])), 0);
  await read(local, catalogue, STORE, ["visit", "order"]);
  await read(local, catalogue, null, ["visit"]); // what needs the rep is counted meanwhile
  assert.equal(await transactions(reading), 0);
  await rep.startVisit(STORE);
  assert.equal((await reading()).rows("visit").length, first.rows("visit").length + 1);
  const other = await open(local.name, { clock });
  const heard = new Promise((then) => local.changed.addEventListener("rows", then, { once: true }));
  await new Rep(other, () => catalogue).order(STORE, LINES);
  await heard;
  assert.equal((await reading()).rows("order").length, first.rows("order").length + 1);
  other.close();
  local.close();
});

test("what changes while a store is read is not missed by who asks next", async () => {
  const player = await Player.begin();
  const { local, catalogue } = player;
  const reading = () => read(local, catalogue, STORE, ["visit"]);
  const before = (await local.rows("visit", STORE)).length;
  const begun = reading();
  local.changed.dispatchEvent(new Event("rows")); // as if saved meanwhile
  await begun;
  await local.db.delete("pulled", ["visit", `st:${STORE}`]);
  assert.ok(before > 0);
  assert.equal((await reading()).rows("visit").length, 0);
  local.close();
});

test("a sync that brings nothing forgets no reading; one that does is read ahead of", async () => {
  const player = await Player.begin();
  const { local, catalogue } = player;
  const verbs = verbsOf(local, () => catalogue);
  await local.lookUpNumbers();
  await verbs.ahead(STORE);
  const read_again = () => transactions(() => verbs.ahead(STORE));
  /** @param {"begun" | "going" | "ended"} state @param {number} [bytes] */
  const tell = (state, bytes) =>
    local.tell("sync", { sync: { state, ...(bytes !== undefined && { bytes }) } });
  for (const state of /** @type {const} */ (["begun", "going", "ended"])) tell(state);
  assert.equal(await read_again(), 0, "a dead network");
  for (const [bytes, again] of [[0, false], [900, true], [900, false]]) {
    tell("begun");
    tell("going", Number(bytes));
    tell("ended");
    assert.equal((await read_again()) > 0, again, `${bytes} bytes received so far`);
  }
  assert.equal(await transactions(() => verbs.order(STORE, LINES)), 1);
  local.close();
});

test("an order on a store that was just read is saved in one transaction", async () => {
  const player = await Player.begin();
  const { local, catalogue } = player;
  const rep = new Rep(local, () => catalogue);
  await local.lookUpNumbers();
  await read(local, catalogue, STORE, ["visit"]);
  assert.equal(await transactions(() => rep.order(STORE, LINES)), 1);
  await read(local, catalogue, STORE, ["visit"]);
  assert.equal(await transactions(() => rep.order(STORE, LINES)), 1);
  local.close();
});
