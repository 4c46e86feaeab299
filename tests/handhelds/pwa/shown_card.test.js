// @ts-check
// The visit card: quick to fill in, and nothing is saved that nobody looked at.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  added, differing, linesToSave, newCard, progress, touch,
} from "../../../handhelds/pwa/shown/card.js";
import { cardLine, product } from "./shown_rows.js";

/** @typedef {import("../../../handhelds/pwa/shown/card.js").Gesture} Gesture */

/** A card of a store whose last card had so many lines. @param {number} count */
function cardOf(count) {
  const lines = Array.from({ length: count }, (_, n) => cardLine(String(n), { shelf_stock: 10 + n }));
  const card = { captured_at: "2026-11-01T08:00:00Z", lines };
  return newCard({ cards: [card], must: {}, product });
}

/** @param {any} card @param {Gesture[]} gestures */
const played = (card, gestures) => gestures.reduce(touch, card);

test("a card of 30 lines with 6 changes takes at most 40 taps and keys", () => {
  /** @type {Gesture[]} */
  const gestures = [
    { does: "out", product: "3" },
    { does: "out", product: "9" },
    { does: "cell", product: "11", cell: "facings" }, { does: "key", key: "4" },
    { does: "cell", product: "15", cell: "shelf_stock" }, { does: "key", key: "1" },
    { does: "key", key: "8" },
    { does: "cell", product: "20", cell: "price_minor" }, { does: "key", key: "1" },
    { does: "key", key: "2" }, { does: "key", key: "9" }, { does: "key", key: "9" },
    { does: "cell", product: "28", cell: "back_stock" }, { does: "key", key: "2" },
    { does: "key", key: "4" },
    { does: "close" },
    { does: "rest" },
  ];
  const card = played(cardOf(30), gestures);
  const to_open_and_save = 2; // the button on the store's screen, and "Save card"
  assert.ok(card.gestures + to_open_and_save <= 40, `${card.gestures} gestures`);
  assert.equal(card.gestures, 17);
  const found = progress(card);
  assert.deepEqual([found.all, found.same, found.changed, found.left], [30, 24, 6, 0]);
  const saved = new Map(linesToSave(card).map((line) => [line.product, line]));
  assert.equal(saved.size, 30);
  assert.equal(saved.get("3")?.out_of_stock, true);
  assert.equal(saved.get("3")?.on_shelf, false);
  assert.equal(saved.get("11")?.facings, 4);
  assert.equal(saved.get("15")?.shelf_stock, 18);
  assert.equal(saved.get("20")?.price_minor, 1299);
  assert.equal(saved.get("28")?.back_stock, 24);
  assert.equal(saved.get("0")?.shelf_stock, 10, "as last time");
});

test("what stands there from last time is not saved before somebody looked", () => {
  const card = cardOf(3);
  assert.deepEqual(linesToSave(card), []);
  assert.deepEqual(linesToSave(touch(card, { does: "same", product: "1" })).map((one) =>
    one.product), ["1"]);
  assert.equal(progress(card).left, 3);
});

test("the rest is said to be as last time only of products that were there last time", () => {
  const card = newCard({
    cards: [{ captured_at: "2026-11-01T08:00:00Z", lines: [cardLine("1")] }],
    must: { 2: 3 }, product,
  });
  assert.deepEqual(card.lines.map((line) => [line.product, line.must, line.min_facings]),
    [["1", false, 0], ["2", true, 3]]);
  const done = touch(card, { does: "rest" });
  assert.deepEqual(linesToSave(done).map((one) => one.product), ["1"]);
  assert.equal(progress(done).left, 1);
  assert.equal(progress(done).may_be_same, 0);
  assert.equal(touch(card, { does: "same", product: "2" }).lines[1].looked, "unseen");
});

test("out of stock is one tap there and one tap back", () => {
  const once = touch(cardOf(1), { does: "out", product: "0" });
  assert.deepEqual(once.lines[0].now, { ...cardOf(1).lines[0].now, out_of_stock: true,
    on_shelf: false, facings: 0, shelf_stock: 0 });
  const back = touch(once, { does: "out", product: "0" });
  assert.equal(back.lines[0].now.out_of_stock, false);
  assert.equal(back.lines[0].now.shelf_stock, 10, "the figures of last time are back");
});

test("the newest card is the last one, however the rows lie", () => {
  const cards = [
    { captured_at: "2026-11-01T08:00:00Z", lines: [cardLine("1", { facings: 1 })] },
    { captured_at: "2026-11-15T08:00:00Z", lines: [cardLine("1", { facings: 5 })] },
    { captured_at: "2026-11-08T08:00:00Z", lines: [cardLine("1", { facings: 2 })] },
  ];
  assert.equal(newCard({ cards, must: {}, product }).lines[0].last?.facings, 5);
});

test("keys write into the cell that was tapped, and take back what they wrote", () => {
  const card = played(cardOf(2), [
    { does: "cell", product: "0", cell: "facings" },
    { does: "key", key: "0" }, { does: "key", key: "7" }, { does: "key", key: "2" },
    { does: "key", key: "back" },
    { does: "next" }, { does: "key", key: "3" },
  ]);
  assert.equal(card.lines[0].now.facings, 7);
  assert.equal(card.lines[0].now.shelf_stock, 3);
  assert.deepEqual(differing(card.lines[0]).sort(), ["facings", "shelf_stock"]);
  const emptied = played(card, [{ does: "key", key: "back" }]);
  assert.equal(emptied.lines[0].now.shelf_stock, null, "nothing typed is not counted, not nought");
});

test("no cell takes more digits than a figure may have", () => {
  let card = touch(cardOf(1), { does: "cell", product: "0", cell: "facings" });
  for (let n = 0; n < 12; n += 1) card = touch(card, { does: "key", key: "9" });
  assert.equal(card.lines[0].now.facings, 999_999_999);
});

test("a figure seen on the shelf says it is on the shelf, and not out of stock any more", () => {
  const card = played(cardOf(1), [
    { does: "out", product: "0" },
    { does: "cell", product: "0", cell: "facings" }, { does: "key", key: "2" },
  ]);
  assert.deepEqual([card.lines[0].now.on_shelf, card.lines[0].now.out_of_stock], [true, false]);
});

test("a product that was not on the card yet comes on it once, seen on the shelf", () => {
  const card = added(added(cardOf(1), product("9")), product("9"));
  assert.deepEqual(card.lines.map((line) => line.product), ["9", "0"]);
  assert.equal(linesToSave(card)[0].on_shelf, true);
});

test("a blocked product is asked about only while it still stands on the last card", () => {
  const blocked = (/** @type {string} */ code) => product(code, { status: "blocked" });
  const cards = [{ captured_at: "2026-11-01T08:00:00Z", lines: [cardLine("1")] }];
  const card = newCard({ cards, must: { 2: 1 }, product: blocked });
  assert.deepEqual(card.lines.map((line) => line.product), ["1"]);
});

test("no gesture changes the card before it, so that it can be undone", () => {
  const card = cardOf(2);
  const kept = structuredClone(card);
  played(card, [{ does: "out", product: "0" }, { does: "rest" },
    { does: "cell", product: "1", cell: "facings" }, { does: "key", key: "4" }]);
  assert.deepEqual(card, kept);
});
