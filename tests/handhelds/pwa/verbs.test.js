// @ts-check
// What the cases of the contract cannot tell of verbs: drafts let go with the work they became,
// numbers in two tabs, and a store that cannot be written to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../../../handhelds/pwa/local.js";
import { Refused } from "../../../handhelds/pwa/refused.js";
import { Rep } from "../../../handhelds/pwa/visit.js";
import { verbsOf } from "../../../handhelds/pwa/verbs.js";
import { Player, world } from "./captures.js";

const STORE = world.rows.store[0].id;
const LINES = [{ product: "20041", typed: "1", uom: "case" }];

/** A handheld as the cases have it. @param {(p: Player) => Promise<void>} act */
async function onHandheld(act) {
  const player = await Player.begin();
  try {
    await act(player);
  } finally {
    player.local.close();
  }
}

test("a draft goes with the order it became, and stays when that was refused", () =>
  onHandheld(async ({ local, rep }) => {
    await local.keepDraft("order/1", { lines: LINES });
    const odd = [{ product: "20041", typed: "1.5" }];
    await assert.rejects(rep.order(STORE, odd, { forget: ["order/1"] }), Refused);
    assert.deepEqual(await local.draft("order/1"), { lines: LINES });
    await rep.order(STORE, LINES, { forget: ["order/1"] });
    assert.equal(await local.draft("order/1"), null);
  }));

test("every verb that ends a draft takes it along", () =>
  onHandheld(async (p) => {
    const { local } = p;
    const verbs = verbsOf(local, () => p.catalogue);
    const order = { store: STORE, number: "D09-000002" };
    const delivered = { store: STORE, number: "D09-000001" };
    const seen = [{ product: "20041", on_shelf: true, facings: 9 }];
    /** @type {((key: string) => Promise<unknown>)[]} */
    const ending = [
      (key) => verbs.card(STORE, seen, [key]),
      (key) => verbs.amendCard(STORE, [{ product: "20041", facings: 8 }], null, [key]),
      (key) => verbs.revise(order, [{ product: "20041", typed: "3" }], [key]),
      (key) => verbs.supplement(order, LINES, [key]),
      (key) => verbs.giveBack(delivered, [{ product: "904", typed: "1" }], [key]),
      (key) => verbs.collect(STORE, { method: "cash", amount_minor: 500 }, [key]),
    ];
    for (const [n, verb] of ending.entries()) {
      await local.keepDraft(`draft/${n}`, {});
      await verb(`draft/${n}`);
      assert.equal(await local.draft(`draft/${n}`), null, `verb ${n}`);
    }
    assert.equal((await local.queue()).pending, ending.length);
  }));

test("two tabs take orders at once, and no number is given twice or left out", () =>
  onHandheld(async (p) => {
    const other = await open(p.local.name, { clock: p.clock });
    try {
      const reps = [p.local, other].map((local) => new Rep(local, () => p.catalogue));
      const taken = await Promise.all(
        Array.from({ length: 12 }, (_, n) => /** @type {Rep} */ (reps[n % 2]).order(STORE, LINES)));
      const wanted = taken.map((_, n) => `D17-${String(n + 1).padStart(6, "0")}`);
      assert.deepEqual(taken.map((row) => row.number).sort(), wanted);
      const kept = (await p.local.rows("order", STORE)).map((row) => row.number);
      assert.deepEqual(kept.filter((number) => number.startsWith("D17")).sort(), wanted);
    } finally {
      other.close();
    }
  }));

test("what a verb hands back is what the store has from then on", () =>
  onHandheld(async ({ local, rep }) => {
    const { change, ...order } = await rep.order(STORE, LINES, { po_no: "PO 1" });
    assert.deepEqual(order, await local.row("order", order.id, STORE));
    const { change: _, ...visit } = await rep.startVisit(STORE);
    assert.deepEqual(visit, await local.row("visit", visit.id, STORE));
    assert.equal((await local.trail()).at(-1)?.id, change);
  }));

test("the rest of a day is re-ordered after a visit of it has begun, which keeps its place", () =>
  onHandheld(async (p) => {
    const verbs = verbsOf(p.local, () => p.catalogue);
    const stores = world.rows.store.slice(0, 2).map((/** @type {any} */ row) => row.id);
    const { day } = await verbs.plan(stores[0], (await verbs.skipVisit(stores[0], "closed")).planned_on);
    await verbs.plan(stores[1], day);
    const stops = (await p.local.rows("plan_stop"))
      .filter((/** @type {any} */ row) => row.day === day && row.state === "planned");
    const left = stops.filter((/** @type {any} */ row) => row.store !== stores[0]);
    assert.ok(left.length > 0 && left.length < stops.length);
    const ids = (/** @type {any[]} */ rows) => rows.map((row) => row.id);
    await assert.rejects(verbs.reorder(day, ids(stops)), Refused);
    await verbs.reorder(day, ids(left));
  }));

test("right after a start a verb waits until the catalogue is read", () =>
  onHandheld(async ({ local, catalogue }) => {
    const rep = new Rep(local, () => new Promise((tell) => { setTimeout(() => tell(catalogue)); }));
    const saved = await rep.order(STORE, LINES);
    assert.ok(saved);
  }));

test("a handheld that is not enrolled says so", async () => {
  const local = await open("nobody");
  try {
    const none = { pulled: () => [], product: () => null, stock: () => null, prices: () => [] };
    const rep = new Rep(local, () => none);
    const isRefused = (/** @type {unknown} */ no) =>
      no instanceof Refused && no.key === "refused.not_enrolled";
    await assert.rejects(rep.order(STORE, LINES), isRefused);
    await assert.rejects(verbsOf(local, () => none).newStore("New"), isRefused);
    assert.equal((await local.queue()).pending, 0);
  } finally {
    local.close();
  }
});

test("what the store cannot keep is not saved at all, and takes no number", () =>
  onHandheld(async ({ local, rep }) => {
    const writing = local.writing.bind(local);
    local.writing = async () => {
      throw new DOMException("no room", "QuotaExceededError");
    };
    await assert.rejects(rep.order(STORE, LINES));
    local.writing = writing;
    assert.equal((await local.queue()).pending, 0);
    assert.equal((await rep.order(STORE, LINES)).number, "D17-000001");
  }));
