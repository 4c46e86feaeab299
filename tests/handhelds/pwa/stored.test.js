// @ts-check
// The copy on the browser's handheld: pages that come cut, rows that move, rows of older programs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PAGE, read } from "../../../handhelds/pwa/answers.js";
import { ROWS, open } from "../../../handhelds/pwa/local.js";
import { isDue } from "../../../handhelds/pwa/stored/checked.js";
import { idsIn } from "../../../handhelds/pwa/stored/homes.js";
import { fresh } from "./double.js";
import { STORE, visit } from "./server.js";

const OTHER = "01900000-0000-7000-8000-000000000002";

/** @typedef {import("../../../handhelds/pwa/local.js").Local} Local */

/**
 * A row of a kind in a store, columns not named null.
 * @param {string} kind @param {string} id @param {string} store @param {Record<string, any>} [more]
 */
function rowOf(kind, id, store, more = {}) {
  const row = { id, scope: `st:${store}`, version: 1, store, ...more };
  return (ROWS[kind] ?? []).map((name) => /** @type {any} */ (row)[name] ?? null);
}

/** @param {Record<string, any[][]>} rows @param {Record<string, any>} [more] */
function page(rows, more = {}) {
  const named = Object.entries(rows).map(([kind, data]) => [kind, { columns: ROWS[kind], data }]);
  const body = JSON.stringify({
    epoch: "e-1",
    complete: true,
    cursor: "c-1",
    server_time: "2026-11-21T10:42:03Z",
    rows: Object.fromEntries(named),
    ...more,
  });
  return { body, page: read({ status: 200, body }, PAGE) };
}

/** @param {Local} local @param {{body: string, page: any}} one */
async function take(local, one) {
  if (one.page.complete) await local.swapIn(one.page);
  else await local.stage(one.page, one.body);
}

/** Every text of the copy. @param {Local} local */
async function texts(local) {
  const keys = await local.db.getAllKeys("pulled");
  const found = await Promise.all(
    keys.map(async (key) => [String(key), await local.db.get("pulled", key)]),
  );
  return Object.fromEntries(found.map(([key, text]) => [key, JSON.parse(text).rows]));
}

const FIRST = [
  page(
    { store: [rowOf("store", STORE, STORE)], order: [rowOf("order", "o-1", STORE)] },
    { complete: false, page: "p-1", cursor: null, usable: true },
  ),
  page(
    { store: [rowOf("store", OTHER, OTHER)], order: [rowOf("order", "o-2", OTHER)] },
    { complete: false, page: "p-2", cursor: null },
  ),
  page({
    order: [rowOf("order", "o-1", OTHER, { version: 2 })],
    visit: [rowOf("visit", "v-1", STORE)],
  }),
];

test("a whole copy is the same however often the app was closed while it came", async () => {
  /** @type {any[]} */
  const found = [];
  for (const closes of [[], [1], [2], [1, 2], ["used"]]) {
    const { name, clock, local: first } = await fresh();
    let local = first;
    for (const [at, one] of FIRST.entries()) {
      await take(local, one);
      if (at === 0 && closes[0] === "used") {
        assert(await local.useWhatCame());
        assert.deepEqual(
          (await local.rows("store")).map((row) => row.id),
          [STORE],
        );
        assert.deepEqual(await local.copy.mark("partial"), { stores: 1 });
      }
      if (closes.includes(at + 1)) {
        local.close();
        local = await open(name, { clock, app: "test" });
      }
    }
    assert.equal(await local.copy.mark("partial"), null);
    assert.deepEqual((await local.rows("order")).map((row) => row.id).sort(), ["o-1", "o-2"]);
    assert.equal((await local.row("order", "o-1"))?.store, OTHER);
    found.push(await texts(local));
    local.close();
  }
  for (const one of found) assert.deepEqual(one, found[0]);
});

test("what another tab staged is taken in by the one that goes on", async () => {
  const { name, clock, local } = await fresh();
  const other = await open(name, { clock, app: "test" });
  for (const [at, one] of FIRST.entries()) await take(at === 1 ? other : local, one);
  assert.deepEqual((await local.rows("order")).map((row) => row.id).sort(), ["o-1", "o-2"]);
  local.close();
  other.close();
});

test("a row that comes into another scope leaves the one it was in, in this session and the next", async () => {
  const { name, clock, local: first } = await fresh();
  let local = first;
  for (const one of FIRST) await take(local, one);
  for (const [store, restarts] of /** @type {[string, boolean][]} */ ([
    [STORE, false],
    [OTHER, true],
    [STORE, true],
  ])) {
    if (restarts) {
      local.close();
      local = await open(name, { clock, app: "test" });
    }
    await take(
      local,
      page({ order: [rowOf("order", "o-2", store, { version: 5 })] }, { cursor: "c-2" }),
    );
    assert.deepEqual(
      (await local.rows("order")).filter((row) => row.id === "o-2").map((row) => row.store),
      [store],
    );
    assert.equal((await local.rows("order", store)).filter((row) => row.id === "o-2").length, 1);
  }
  await take(local, page({}, { cursor: "c-3", gone: { order: ["o-2", "o-9"] } }));
  assert.deepEqual(
    (await local.rows("order")).map((row) => row.id),
    ["o-1"],
  );
  local.close();
});

test("the copy another tab wrote meanwhile is the one that is changed", async () => {
  const { name, clock, local } = await fresh();
  const other = await open(name, { clock, app: "test" });
  for (const one of FIRST) await take(local, one);
  const moves = (/** @type {string} */ to, /** @type {number} */ version) =>
    page({ order: [rowOf("order", "o-2", to, { version })] }, { cursor: `c-${version}` });
  await take(other, moves(STORE, 5));
  await take(local, moves(OTHER, 6));
  const found = (await local.copy.pulled("order")).filter((row) => row.id === "o-2");
  assert.deepEqual(
    found.map((row) => [row.store, row.version]),
    [[OTHER, 6]],
  );
  local.close();
  other.close();
});

test("a pull that another tab began anew holds nothing of the one this tab had begun", async () => {
  const { name, clock, local } = await fresh();
  const other = await open(name, { clock, app: "test" });
  for (const one of FIRST.slice(0, 2)) await take(local, one);
  await other.forgetStaged();
  const anew = { visit: [rowOf("visit", "v-2", STORE)] };
  await take(local, page(anew, { complete: false, page: "p-9", cursor: null }));
  await take(local, page({ store: [rowOf("store", STORE, STORE)] }));
  assert.deepEqual(await local.copy.pulled("order"), []);
  assert.equal((await local.rows("visit")).length, 1);
  local.close();
  other.close();
});

test("the ids of a text are found whatever else stands in it", () => {
  const scope = `st:${STORE}`;
  const rows = [
    ["o-1", scope, 1, 'a note: ["x","st:1",', [["l-1", scope, 2]], { k: scope }],
    ["o-2", scope, 3, `["o-9","${scope}",`, [], null],
    ['o"3\\', scope, 3, null, [], null],
  ];
  assert.deepEqual(idsIn(JSON.stringify({ v: 3, rows }), scope).slice(0, 2), ["o-1", "l-1"]);
  const plain = rows.map((row) => row.slice(0, 4));
  assert.deepEqual(idsIn(JSON.stringify({ v: 3, rows: plain }), scope), ["o-1", "o-2", 'o"3\\']);
});

test("rows that an older program kept are read by the names of today", async () => {
  const { local } = await fresh();
  await take(local, FIRST[2] ?? assert.fail());
  const columns = (ROWS.contact ?? []).filter((name) => name !== "email"); // as version 1 had it
  const old = columns.map(
    (name) =>
      ({ id: "k-1", scope: `st:${STORE}`, version: 1, store: STORE, name: "Li", phone: "5" })[
        name
      ] ?? null,
  );
  await local.db.put("pulled", JSON.stringify({ v: 1, rows: [old] }), ["contact", `st:${STORE}`]);
  const [row] = await local.rows("contact", STORE);
  assert.deepEqual([row?.name, row?.phone, row?.email], ["Li", "5", null]);
  const more = rowOf("contact", "k-2", STORE, { name: "Wu", email: "wu@example.org" });
  await take(local, page({ contact: [more] }, { cursor: "c-2" }));
  const both = await local.rows("contact", STORE);
  assert.deepEqual(
    both.map((one) => [one.name, one.phone, one.email]),
    [
      ["Li", "5", null],
      ["Wu", null, "wu@example.org"],
    ],
  );
  local.close();
});

test("a text that the disk made unreadable keeps no other from being read, and is repaired", async () => {
  const { local } = await fresh();
  for (const one of FIRST) await take(local, one);
  await local.db.put("pulled", '{"v":3,"rows":[["o-1"', ["order", `st:${OTHER}`]);
  assert.deepEqual(await local.rows("order"), []);
  assert.equal((await local.rows("visit")).length, 1);
  const before = await local.checked.digests(new Set());
  const part = { columns: [...(ROWS.order ?? [])], data: [rowOf("order", "o-1", OTHER)] };
  await local.checked.repair({ order: part }, {}, [], null);
  assert.deepEqual(
    (await local.rows("order")).map((row) => row.id),
    ["o-1"],
  );
  const after = await local.checked.digests(new Set());
  assert.equal((after.get(`st:${OTHER}`)?.rows ?? 0) - (before.get(`st:${OTHER}`)?.rows ?? 0), 1);
  local.close();
});

test("no room for news is told as that, and what was there stays", async () => {
  const { local } = await fresh();
  for (const one of FIRST) await take(local, one);
  const before = await texts(local);
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
  const coming = page({ order: [rowOf("order", "o-7", STORE)] }, { cursor: "c-2" });
  try {
    await assert.rejects(take(local, coming), /no room for news/);
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.deepEqual(await texts(local), before);
  assert.equal(await local.copy.mark("cursor"), "c-1");
  await take(local, coming);
  assert.equal((await local.rows("order", STORE)).length, 1);
  local.close();
});

test("the night's comparison is due once a night, at this handheld's own minute", () => {
  const hour = 3_600_000;
  const from = Date.parse("2026-11-21T18:00:00Z"); // noon in Chicago
  /** @type {Set<number>} */
  const minutes = new Set();
  for (const install of ["i-1", "i-2", "i-3", "i-4"]) {
    let last = from;
    /** @type {number[]} */
    const times = [];
    for (let now = from; now < from + 72 * hour; now += 300_000) {
      if (isDue(now, last, "America/Chicago", install)) times.push((last = now));
    }
    assert.equal(times.length, 3);
    for (const at of times) {
      const here = new Date(at - 6 * hour).getUTCHours();
      assert(here >= 1 && here < 5);
      minutes.add(at % (24 * hour));
    }
  }
  assert(minutes.size >= 4); // not all at once
});

test("unsent work keeps the rows of a store that was taken away, until it is answered", async () => {
  const { local } = await fresh();
  for (const one of FIRST) await take(local, one);
  await local.save({ changes: [visit("c-1")] });
  await take(
    local,
    page({}, { cursor: "c-2", scopes: { added: [], dropped: [`st:${STORE}`, `st:${OTHER}`] } }),
  );
  assert.deepEqual(
    (await local.rows("store")).map((row) => row.id),
    [STORE],
  );
  assert.deepEqual(await local.copy.greyed(), [`st:${STORE}`]);
  await local.undo("c-1");
  await local.copy.dropGreyed();
  assert.deepEqual(await local.rows("store"), []);
  local.close();
});
