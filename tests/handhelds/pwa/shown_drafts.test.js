// @ts-check
// What was begun and not saved is found again, days later, with the way to it.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  begunOf, isCorrected, readDrafts, sendLate, takeUp,
} from "../../../handhelds/pwa/shown/drafts.js";
import { linesToAmend, savedCard, touch } from "../../../handhelds/pwa/shown/card.js";
import {
  newDraft, notAnswered, put, takenUp, withMore,
} from "../../../handhelds/pwa/shown/order.js";
import * as orders from "../../../handhelds/pwa/orders.js";
import { Player, world } from "./captures.js";
import { cardLine, product } from "./shown_rows.js";

const nameOf = (/** @type {string} */ id) => (id === "s-1" ? "Corner Shop" : undefined);
/** A handheld that keeps drafts, an order that was cancelled, and the key of its draft. */
function cancelled() {
  /** @type {Map<string, any>} */
  const kept = new Map();
  const local = {
    draft: async (/** @type {string} */ key) => kept.get(key) ?? null,
    keepDraft: async (/** @type {string} */ key, /** @type {any} */ value) => kept.set(key, value),
  };
  const late = { store: "s-1", order: "o-1",
    lines: [{ product: "1", quantity: 2, uom: "case", typed: "2", net_minor: 5 }] };
  return { kept, local, late, key: "order/s-1/about/o-1" };
}

const LINES = { lines: [{ product: "1", quantity: 2, uom: "" }], begun: "2026-11-17" };

test("every kind of draft is told by its key, and leads to where it is gone on with", () => {
  const told = /** @type {[string, any][]} */ ([
    ["order/s-1", LINES], ["order/s-1/revise/o-1", LINES], ["order/s-1/about/o-1", LINES],
    ["order/s-1/back/o-1", { 1: {}, 2: {} }], ["pay/s-1", { typed: "12" }],
    ["card/s-1", { lines: [{ looked: "unseen" }, { looked: "same" }] }],
    ["card/s-1/amend/c-1", { lines: [{ looked: "same", saved: true }, { looked: "changed" }] }],
    ["store/new", { name: "Chez Nous" }], ["store/s-1", { phone: "1" }],
  ]).map(([key, value]) => begunOf(key, value, nameOf));
  assert.deepEqual(told.map((one) => [one?.what, one?.n, one?.path]), [
    ["order", 1, "/store/s-1/order"], ["change", 1, "/store/s-1/order?revise=o-1"],
    ["more", 1, "/store/s-1/order?about=o-1"], ["back", 2, "/store/s-1/back/o-1"],
    ["pay", 1, "/store/s-1/money"], ["card", 1, "/store/s-1/card"],
    ["amend", 1, "/store/s-1/card/amend"], ["new_store", 1, "/stores/new"],
    ["store", 1, "/store/s-1/edit"],
  ]);
  assert.equal(told[0]?.on, "2026-11-17");
  assert.deepEqual([told[0]?.name, told[7]?.name], ["Corner Shop", "Chez Nous"]);
});

test("a draft with nothing in it, of another store, or of another thing is not told", () => {
  for (const [key, value] of /** @type {[string, any][]} */ ([
    ["order/s-1", newDraft()], ["pay/s-1", { typed: "" }], ["order/s-9", LINES],
    ["signature/o-1", "M0"], ["card/s-1", { lines: [{ looked: "unseen" }] }],
  ])) assert.equal(begunOf(key, value, nameOf), null, key);
});

test("a draft of an earlier day is asked anew what was true only then", () => {
  const fresh = takenUp(newDraft(), "2026-11-17", "2026-11-18");
  assert.deepEqual([fresh.begun, fresh.on], ["2026-11-17", "2026-11-17"]);
  const begun = { ...put(fresh, "1", 12), asked: true, deliver_on: "2026-11-19" };
  assert.equal(takenUp(begun, "2026-11-17", "2026-11-18"), begun, "the same day");
  const later = takenUp(begun, "2026-11-22", "2026-11-23");
  assert.deepEqual([later.begun, later.on, later.asked, later.deliver_on],
    ["2026-11-17", "2026-11-22", false, null]);
  assert.deepEqual(later.lines, begun.lines);
  assert.equal(takenUp(begun, "2026-11-18", "2026-11-19").deliver_on, "2026-11-19", "still open");
});

test("a supplement begins with what came too late, until one was written", () => {
  const order = { id: "o-1", state: "picking" };
  assert.equal(notAnswered([order], "o-1", "sale"), order);
  const more = { id: "o-2", about: "o-1", state: "submitted" };
  assert.equal(notAnswered([order, more], "o-1", "sale"), undefined);
  assert.equal(notAnswered([order, more], "o-1", "return"), order);
  assert.equal(notAnswered([order, { ...more, state: "cancelled" }], "o-1", "sale"), order);
  assert.deepEqual(withMore(newDraft(), { more: new Map([["1", 6]]) }).lines,
    [{ product: "1", quantity: 6, uom: "" }]);
});

test("a corrected card sends only the fields that say something else", () => {
  const card = savedCard({ lines: [cardLine("1", { shelf_stock: 12 }), cardLine("2")] }, product);
  assert.deepEqual(linesToAmend(card), []);
  let now = touch(card, { does: "cell", product: "1", cell: "shelf_stock" });
  for (const key of ["1", "7"]) now = touch(now, { does: "key", key });
  assert.deepEqual(linesToAmend(now), [{ product: "1", shelf_stock: 17 }]);
  assert.deepEqual(linesToAmend(touch(now, { does: "clear", product: "1" })), []);
  assert.deepEqual(linesToAmend(touch(now, { does: "same", product: "1" })), []);
});

test("a cancelled order that is looked at again is as it was changed since, not as it came", async () => {
  const { kept, local, late, key } = cancelled();
  await takeUp(local, late);
  assert.deepEqual(kept.get(key).lines, [{ product: "1", quantity: 2, uom: "case" }]);
  kept.set(key, { ...kept.get(key), lines: [{ product: "2", quantity: 7, uom: "" }] });
  await takeUp(local, late);
  assert.deepEqual(kept.get(key).lines, [{ product: "2", quantity: 7, uom: "" }]);
  kept.set(key, { ...kept.get(key), lines: [] }); // emptied: begun again
  await takeUp(local, late);
  assert.equal(kept.get(key).lines.length, 1);
});

test("a cancelled order whose lines the rep began to change is not sent as it came", async () => {
  const { kept, local, late, key } = cancelled();
  assert.equal(await isCorrected(local, late), false);
  await takeUp(local, late);
  assert.equal(await isCorrected(local, late), false);
  for (const typed of [{ note: "by the back door" }, { deliver_on: "2026-11-25" },
    { lines: [{ product: "1", quantity: 3, uom: "case" }] }]) {
    const begun = kept.get(key);
    kept.set(key, { ...begun, ...typed });
    assert.equal(await isCorrected(local, late), true, JSON.stringify(typed));
    kept.set(key, begun);
  }
  kept.set(key, { ...kept.get(key), lines: [], note: "emptied" });
  assert.equal(await isCorrected(local, late), false);
});

test("a cancelled order that is sent takes along what a look at it had begun, until undo", async () => {
  const player = await Player.begin();
  const { local, rep } = player;
  const store = world.rows.store[0].id;
  const of = (/** @type {string} */ typed) => [{ product: "20041", typed, uom: "case" }];
  const order = await rep.order(store, of("1"));
  const { change } = await orders.revise(rep, { store, id: order.id }, of("2"));
  player.server.verdicts[change] = { outcome: "rejected",
    conflicts: [{ id: "c-1", rule: "order_cancelled" }] };
  await player.sync();
  const verbs = { sendDraft: (/** @type {any[]} */ ...given) =>
    orders.sendDraft(rep, .../** @type {[any, any]} */ (given)),
    undo: (/** @type {string} */ one) => rep.undo(one) };
  const read = async () => readDrafts(local, await orders.drafts(rep));
  const { late: [late] } = await read();
  await takeUp(local, late);
  assert.deepEqual([(await read()).begun.length, (await read()).late.length], [1, 1]);
  const { row, undo } = await sendLate(local, verbs, late);
  assert.equal(row.about, order.id);
  assert.deepEqual(await read(), { begun: [], late: [] });
  await undo();
  const { begun, late: again } = await read();
  assert.deepEqual([begun.map((one) => one.what), again.length], [["more"], 1]);
  local.close();
});
