// @ts-check
// Competitor lines of a visit card: names come back, nothing is saved that nobody looked at.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  MOST_BESIDE, besideOf, competitorsToSave, otherNames, withBeside,
} from "../../../handhelds/pwa/shown/beside.js";
import { linesToSave, newCard, progress, touch } from "../../../handhelds/pwa/shown/card.js";
import { begunOf } from "../../../handhelds/pwa/shown/drafts.js";
import { cardLine, product } from "./shown_rows.js";

/** @typedef {import("../../../handhelds/pwa/shown/card.js").Gesture} Gesture */

const KOLA = ["Kola Zero", 129, 4, true, "by the till"];
const OWN = ["Own brand", null, null, null, null];

/** @param {string} day @param {any[][] | null} [competitors] */
const card = (day, competitors) => ({ captured_at: `2026-11-${day}T08:00:00Z`,
  lines: [cardLine("1")], competitors });

const CARDS = [card("01", [["Older", 1, null, null, null], KOLA]), card("09", [KOLA, OWN]),
  card("15", null)];

/** @param {any[]} [cards] */
const begun = (cards = CARDS) => newCard({ cards, must: {}, product });

/** @param {any} made @param {Gesture[]} gestures */
const played = (made, gestures) => gestures.reduce(touch, made);

/** @param {any} made @param {string} name */
const keyOf = (made, name) => made.beside.find((/** @type {any} */ one) => one.name === name).product;

test("names come from the newest card that has any, and are saved only once looked at", () => {
  const made = begun();
  assert.deepEqual(made.beside?.map((line) => [line.name, line.looked]),
    [["Kola Zero", "unseen"], ["Own brand", "unseen"]]);
  assert.deepEqual(competitorsToSave(made), []);
  const same = touch(made, { does: "same", product: keyOf(made, "Kola Zero") });
  assert.deepEqual(competitorsToSave(same),
    [{ name: "Kola Zero", price_minor: 129, facings: 4, promotion_seen: true }]);
  assert.deepEqual(linesToSave(same), [], "and nothing is said of the products");
});

test("one tap says of all the rest that it is as last time, a note of then aside", () => {
  const made = begun();
  assert.equal(progress(made).may_be_same, 3);
  const done = touch(made, { does: "rest" });
  assert.deepEqual(competitorsToSave(done), [
    { name: "Kola Zero", price_minor: 129, facings: 4, promotion_seen: true },
    { name: "Own brand" },
  ]);
  assert.equal(progress(done).may_be_same, 0);
  assert.deepEqual([progress(done).all, progress(done).left], [1, 0], "progress is of products");
});

test("a new one is a name and two figures by the keys, which then are done", () => {
  const made = played(withBeside(begun([]), "  Cola   Vita "), [
    { does: "key", key: "3" }, { does: "next" },
    { does: "key", key: "9" }, { does: "key", key: "9" }, { does: "next" },
  ]);
  assert.equal(made.at, null);
  assert.deepEqual(competitorsToSave(made), [{ name: "Cola Vita", price_minor: 99, facings: 3 }]);
  const told = played(made, [
    { does: "flag", product: keyOf(made, "Cola Vita"), flag: "promotion_seen" },
    { does: "note", product: keyOf(made, "Cola Vita"), note: "two for one" },
  ]);
  assert.deepEqual(competitorsToSave(told), [{ name: "Cola Vita", price_minor: 99, facings: 3,
    promotion_seen: true, note: "two for one" }]);
});

test("a name is told apart however it was spaced and capitalised", () => {
  const made = withBeside(begun(), "kola  ZERO");
  assert.equal(made.beside?.length, 2);
  assert.equal(made.at?.product, keyOf(made, "Kola Zero"), "its figures are asked for");
  assert.equal(withBeside(made, "   "), made);
  assert.deepEqual(otherNames(CARDS, begun()), ["Older"]);
  assert.deepEqual(besideOf([card("02", [KOLA, ["KOLA zero", 99, null, null, null]])])
    .map((line) => line.name), ["KOLA zero"]);
});

test("what was put there by mistake is taken off; what was there last time stays", () => {
  const made = withBeside(begun(), "Wrong");
  const off = touch(made, { does: "clear", product: keyOf(made, "Wrong") });
  assert.deepEqual(off.beside?.map((line) => line.name), ["Kola Zero", "Own brand"]);
  const changed = played(made, [
    { does: "cell", product: keyOf(made, "Kola Zero"), cell: "price_minor" },
    { does: "key", key: "5" }, { does: "close" },
  ]);
  assert.equal(competitorsToSave(changed)[0].price_minor, 5);
  const back = touch(changed, { does: "clear", product: keyOf(made, "Kola Zero") });
  assert.equal(back.beside?.[0].looked, "unseen");
  assert.equal(back.beside?.[0].now.price_minor, 129);
});

test("a card takes fifty, and no more", () => {
  let made = begun([]);
  for (let n = 0; n < MOST_BESIDE + 3; n++) made = withBeside(made, `brand ${n}`);
  assert.equal(competitorsToSave(made).length, 50);
});

test("a draft of nothing but a competitor is a draft", () => {
  const made = withBeside(begun(), "Cola Vita");
  assert.equal(begunOf("card/s-1", made, () => "Store 1")?.n, 1);
  assert.equal(begunOf("card/s-1", begun(), () => "Store 1"), null);
});
