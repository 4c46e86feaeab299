// @ts-check
// The rep's work on the browser's handheld: saved whole or not at all, kept, counted, undone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NotSaved, open } from "../../../handhelds/pwa/local.js";
import { STEPS, openStore } from "../../../handhelds/pwa/stored/schema.js";
import { Clock, fresh } from "./double.js";
import { STORE, visit } from "./server.js";

/** @param {import("../../../handhelds/pwa/local.js").Local} local */
async function everything(local) {
  return {
    trail: (await local.trail()).map((one) => one.id),
    rows: (await local.rows("visit")).map((row) => row.id),
    drafts: (await local.drafts()).map((one) => one.key),
    numbers: [await local.counted("order"), await local.counted("change")],
  };
}

/**
 * Let the browser say once that there is no room, where `when` says so.
 * @param {(this: any, method: string) => boolean} when
 */
function full(when) {
  const store = /** @type {any} */ (globalThis).FDBObjectStore ?? IDBObjectStore;
  /** @type {[string, any][]} */
  const whole = ["add", "put"].map((name) => [name, store.prototype[name]]);
  let times = 0;
  for (const [name, method] of whole) {
    store.prototype[name] = function (/** @type {any[]} */ ...given) {
      if (when.call(this, name)) {
        times += 1;
        throw new DOMException("no room", "QuotaExceededError");
      }
      return method.apply(this, given);
    };
  }
  return {
    times: () => times,
    over: () => whole.forEach(([name, method]) => (store.prototype[name] = method)),
  };
}

test("a change, its row and the end of its draft are saved together and survive a restart", async () => {
  const { local, name, clock } = await fresh();
  await local.keepDraft("order:1", { lines: [1] });
  await local.save({ changes: [visit("v-1")], forget: ["order:1"] });
  local.close();
  const again = await open(name, { clock });
  assert.deepEqual(await everything(again), {
    trail: ["v-1"],
    rows: ["row-v-1"],
    drafts: [],
    numbers: [0, 0],
  });
  const [row] = await again.rows("visit", STORE);
  assert.deepEqual([row?.unsent, row?.outcome, row?.state], [true, null, "started"]);
  again.close();
});

test("what cannot be saved whole is not saved at all, and the rep is told", async () => {
  const { local } = await fresh();
  await local.save({ changes: [visit("v-1")] });
  await local.keepDraft("order:1", {});
  const before = await everything(local);
  const twice = (/** @type {(name: string) => number} */ next) => {
    next("order");
    return { changes: [visit("v-2"), visit("v-1")], forget: ["order:1"] };
  };
  await assert.rejects(local.save(twice), NotSaved);
  assert.deepEqual(await everything(local), before);
  local.close();
});

test("without room nothing is saved, unless pulled pages can be given up for it", async () => {
  const { local } = await fresh();
  const isChange = function (/** @type {any} */ ..._) {
    return this.name === "change";
  };
  let none = full(isChange);
  await assert.rejects(local.save({ changes: [visit("v-1")] }), NotSaved);
  none.over();
  assert.deepEqual((await everything(local)).trail, []);
  await local.db.add("staged", "a page");
  none = full(function () {
    return this.name === "change" && none.times() === 0;
  });
  await local.save({ changes: [visit("v-1")] });
  none.over();
  assert.equal(none.times(), 1);
  assert.deepEqual((await everything(local)).trail, ["v-1"]);
  assert.equal(await local.db.count("staged"), 0);
  local.close();
});

test("short of room, pages go first, then what the server has of photos, then cards", async () => {
  const { local } = await fresh();
  await local.db.add("staged", "a page");
  await local.photos.keep({ store: STORE, media_type: "image/png" }, new Blob(["x"]));
  const [photo] = await local.photos.list();
  await local.photos.sent(photo?.id ?? "");
  for (const kind of ["card", "store"]) await local.db.put("pulled", "{}", [kind, `st:${STORE}`]);
  /** @type {any[]} */
  const seen = [];
  const there = async () => [
    await local.db.count("staged"),
    (await local.photos.picture(photo?.id ?? "")) === null ? 0 : 1,
    await local.db.count("pulled"),
  ];
  const { makeRoom } = local;
  local.makeRoom = async () => {
    const some = await makeRoom();
    seen.push([some, ...(await there())]);
    return some;
  };
  const none = full(function () {
    return this.name === "change";
  });
  await assert.rejects(local.save({ changes: [visit("v-1")] }), NotSaved);
  none.over();
  assert.deepEqual(seen, [
    [true, 0, 1, 2],
    [true, 0, 0, 2],
    [true, 0, 0, 1],
    [false, 0, 0, 1],
  ]);
  assert.equal(await local.checked.said("due"), "crash");
  local.close();
});

test("two tabs that take numbers at once take each one once, and none is left out", async () => {
  const { local, name } = await fresh();
  const other = await open(name, { clock: new Clock() });
  const saving = [local, other, local, other, local].map((tab, at) =>
    tab.save((next) => {
      const number = `D1-${next("order")}`;
      return { changes: [visit(`v-${at}`, { note: number })] };
    }),
  );
  const saved = await Promise.all(saving);
  const numbers = saved.map(({ changes }) => changes[0]?.body.note);
  assert.deepEqual(numbers.sort(), ["D1-1", "D1-2", "D1-3", "D1-4", "D1-5"]);
  assert.equal((await local.trail()).length, 5);
  local.close();
  other.close();
});

test("the other tab hears of what was saved", async () => {
  const { local, name } = await fresh();
  const other = await open(name, { clock: new Clock() });
  const heard = new Promise((done) => other.changed.addEventListener("rows", done));
  await local.save({ changes: [visit("v-1")] });
  const event = /** @type {any} */ (await heard);
  assert.deepEqual([event.elsewhere, event.what.kinds], [true, ["visit"]]);
  assert.equal((await other.rows("visit", STORE)).length, 1);
  local.close();
  other.close();
});

test("work is undone until it is put into a batch, and not while later work depends on it", async () => {
  const { local } = await fresh();
  await local.save({ changes: [visit("v-1")] });
  await local.save({ changes: [{ ...visit("v-2"), depends_on: ["v-1"] }] });
  await assert.rejects(local.undo("v-1"), /later work depends/);
  await local.undo("v-2");
  await local.undo("v-1");
  assert.deepEqual((await everything(local)).rows, []);
  await assert.rejects(local.undo("v-1"), /no such work/);
  await local.save({ changes: [visit("v-3")] });
  assert.deepEqual(
    (await local.batch(500, 1e6, 0)).map(({ n, id }) => [n, id]),
    [[1, "v-3"]],
  );
  await assert.rejects(local.undo("v-3"), /may have been/);
  local.close();
});

test("a batch keeps the order of capture, counts without gaps and stops at its size", async () => {
  const { local } = await fresh();
  for (let at = 1; at <= 5; at++) await local.save({ changes: [visit(`v-${at}`)] });
  assert.deepEqual(
    (await local.batch(2, 1e6, 0)).map((one) => one.n),
    [1, 2],
  );
  assert.deepEqual(
    (await local.batch(500, 1, 0)).map((one) => one.id),
    ["v-1"],
  ); // never none
  await local.undo("v-4");
  assert.deepEqual(
    (await local.batch(500, 1e6, 2)).map(({ n, id }) => [n, id]),
    [
      [3, "v-3"],
      [4, "v-5"],
    ],
  );
  local.close();
});

test("a change that the disk damaged is shown and not sent; the others go out", async () => {
  const { local } = await fresh();
  for (const id of ["v-1", "v-2"]) await local.save({ changes: [visit(id)] });
  const [first] = await local.db.getAll("change");
  await local.db.put("change", { ...first, raw: first.raw.replace("started", "skipped") });
  assert.deepEqual(
    (await local.batch(500, 1e6, 0)).map((one) => one.id),
    ["v-2"],
  );
  const trail = await local.trail();
  assert.deepEqual(
    trail.map(({ id, damaged }) => [id, damaged]),
    [
      ["v-2", false],
      ["v-1", true],
    ],
  );
  local.close();
});

test("one act may show rows of several kinds", async () => {
  const { local } = await fresh();
  const rows = [
    { kind: "visit", row: { id: "r-1", store: STORE, state: "started" }, change: "v-1" },
    { kind: "plan_stop", row: { id: "p-1", store: STORE, state: "started" }, change: "v-1" },
  ];
  await local.save({ changes: [visit("v-1", { id: "r-1" })], rows });
  assert.equal((await local.row("plan_stop", "p-1"))?.state, "started");
  assert.equal((await local.row("visit", "r-1", STORE))?.unsent, true);
  await local.undo("v-1");
  assert.equal(await local.row("plan_stop", "p-1"), null);
  local.close();
});

test("drafts are found by how their key begins, and stay until they are dropped", async () => {
  const { local } = await fresh();
  for (const key of ["order:2", "order:1", "card:1"]) await local.keepDraft(key, { key });
  assert.deepEqual(
    (await local.drafts("order:")).map((one) => one.key),
    ["order:1", "order:2"],
  );
  await local.dropDraft("order:1");
  assert.equal(await local.draft("order:1"), null);
  assert.deepEqual(await local.draft("card:1"), { key: "card:1" });
  local.close();
});

test("a newer program takes the store over with all work in it, and the older page is told", async () => {
  const { local, name } = await fresh();
  await local.save({ changes: [visit("v-1")] });
  const told = new Promise((done) => local.changed.addEventListener("outdated", done));
  /** @type {typeof STEPS} */
  const newer = [
    ...STEPS,
    async (db, tx) => {
      db.createObjectStore("moon");
      for (const one of await tx.objectStore("change").getAll()) {
        await tx.objectStore("change").put({ ...one, phase: "new" });
      }
    },
  ];
  const db = await openStore(name, () => undefined, newer);
  await told;
  assert.deepEqual(
    (await db.getAll("change")).map(({ id, phase }) => [id, phase]),
    [["v-1", "new"]],
  );
  assert(db.objectStoreNames.contains("moon"));
  db.close();
  await assert.rejects(open(name), /version/i); // the older program does not touch it any more
});

test("an upgrade that fails leaves the store as it was", async () => {
  const { local, name, clock } = await fresh();
  await local.save({ changes: [visit("v-1")] });
  local.close();
  const failing = [
    ...STEPS,
    async (/** @type {any} */ db, /** @type {any} */ tx) => {
      db.createObjectStore("moon");
      await tx.objectStore("change").clear();
      throw new Error("the power went");
    },
  ];
  await assert.rejects(openStore(name, () => undefined, failing));
  const again = await open(name, { clock });
  assert.deepEqual((await everything(again)).trail, ["v-1"]);
  again.close();
});

test("the time is the server's plus what the counter says has passed, whatever the wall shows", async () => {
  const { local, clock } = await fresh();
  await local.keepFacts(local.timeOf("2026-11-21T12:00:00.000Z"));
  clock.ticksMs += 60_000;
  clock.wallMs = Date.parse("1970-01-01T00:00:00Z");
  assert.equal(new Date(await local.now()).toISOString(), "2026-11-21T12:01:00.000Z");
  clock.bootId = "b-20"; // started again: the wall and the offset, but never before that talk
  assert.equal(new Date(await local.now()).toISOString(), "2026-11-21T12:00:00.000Z");
  clock.wallMs = Date.parse("2026-11-21T11:42:03Z");
  assert.equal(new Date(await local.now()).toISOString(), "2026-11-21T13:00:00.000Z");
  local.close();
});
