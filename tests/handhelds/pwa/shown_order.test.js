// @ts-check
// The draft of an order: what a rep types, takes back, repeats; and what then travels.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  acceptedAll, creditAfter, draftOf, draftOfOrder, lastBought, lastOrder, more, newDraft, put,
  quantityOf, repeated, revisedOf, sections, undone,
  unitsOf, wantedOf,
} from "../../../handhelds/pwa/shown/order.js";
import { orderLine, product } from "./shown_rows.js";

const PIECE = { uom: "each", each: 1 };
const CASE = { uom: "case", each: 12 };
const lines = (/** @type {any} */ draft) =>
  draft.lines.map((/** @type {any} */ one) => [one.product, one.quantity]);

test("plus case and plus piece add up to pieces, and travel as a person would type them", () => {
  let draft = more(newDraft(), "1", CASE, 2);
  assert.deepEqual(wantedOf(draft, product), [{ product: "1", uom: "case", typed: "2" }]);
  draft = more(draft, "1", PIECE, 3);
  assert.equal(quantityOf(draft, "1"), 27);
  assert.deepEqual(wantedOf(draft, product), [{ product: "1", uom: "each", typed: "27" }]);
  draft = more(draft, "1", PIECE, -3);
  assert.deepEqual(wantedOf(draft, product), [{ product: "1", uom: "each", typed: "24" }],
    "pieces were the last unit that was pressed");
  draft = more(draft, "1", CASE, -5);
  assert.deepEqual(draft.lines, [], "less than none takes the line off");
});

test("a quantity that is typed is kept in the unit it was typed in", () => {
  const draft = put(newDraft(), "1", 24, "case");
  assert.deepEqual(wantedOf(draft, product), [{ product: "1", uom: "case", typed: "2" }]);
  assert.equal(put(draft, "1", 24, "case"), draft, "nothing changed: no step");
  assert.deepEqual(wantedOf(put(newDraft(), "1", 30), product),
    [{ product: "1", uom: "each", typed: "30" }]);
  assert.deepEqual(lines(put(newDraft(), "1", Number.NaN)), []);
  assert.deepEqual(lines(put(newDraft(), "1", 1e12)), [["1", 9_999_999]]);
});

test("units that are no whole number of pieces are left to the piece", () => {
  const odd = { ...product("1"), uoms: [["each", 1, 1, null, true], ["kg", 3, 2, null, true],
    ["pallet", 480, 1, null, false], ["case", 24, 1, null, true]] };
  assert.deepEqual(unitsOf(odd), [{ uom: "each", each: 1 }, { uom: "case", each: 24 }]);
  assert.deepEqual(unitsOf({ ...odd, uoms: [] }), [{ uom: "each", each: 1 }]);
});

test("each step can be taken back, one by one", () => {
  const steps = [put(newDraft(), "1", 12)];
  steps.push(put(steps[0], "2", 6), put(put(steps[0], "2", 6), "1", 0));
  assert.deepEqual(lines(steps[2]), [["2", 6]]);
  assert.deepEqual(lines(undone(steps[2])), [["1", 12], ["2", 6]]);
  assert.deepEqual(lines(undone(undone(steps[2]))), [["1", 12]]);
  assert.deepEqual(lines(undone(undone(undone(undone(steps[2]))))), []);
});

test("a repeated order brings its lines, and names what is not sold any more", () => {
  const rows = /** @type {Record<string, any>} */ ({ 1: product("1"),
    2: product("2", { status: "blocked" }) });
  const order = { lines: [orderLine(1, "1"), orderLine(2, "2"), orderLine(3, "9")] };
  const begun = put(newDraft(), "1", 36);
  const found = repeated(begun, order, (code) => rows[code] ?? null);
  assert.deepEqual(found.gone, ["2", "9"]);
  assert.deepEqual(lines(found.draft), [["1", 36]], "what is there already is not lowered");
  const fresh = repeated(newDraft(), order, (code) => rows[code] ?? null).draft;
  assert.deepEqual(wantedOf(fresh, product), [{ product: "1", uom: "case", typed: "1" }]);
});

test("repeat means the newest order for sale that was not refused", () => {
  const one = (/** @type {string} */ id, /** @type {any} */ more) => ({ id, type: "sale",
    state: "delivered", captured_at: "2026-11-01T08:00:00Z", lines: [orderLine(1, "1")], ...more });
  const orders = [
    one("old", {}),
    one("back", { type: "return", captured_at: "2026-11-05T08:00:00Z" }),
    one("refused", { state: "rejected", captured_at: "2026-11-06T08:00:00Z" }),
    one("empty", { lines: [], captured_at: "2026-11-07T08:00:00Z" }),
    one("last", { captured_at: "2026-11-04T08:00:00Z" }),
  ];
  assert.equal(lastOrder(orders)?.id, "last");
  assert.equal(lastOrder([]), null);
});

test("accepting all suggestions is one step and lowers nothing", () => {
  const suggestions = [{ product: "1", quantity: 24 }, { product: "2", quantity: 0 },
    { product: "3", quantity: 12 }];
  const draft = acceptedAll(put(newDraft(), "3", 36), suggestions);
  assert.deepEqual(lines(draft), [["3", 36], ["1", 24]]);
  assert.deepEqual(lines(undone(draft)), [["3", 36]]);
  assert.equal(acceptedAll(draft, suggestions), draft, "nothing new: no step");
});

test("gaps come first, then what to order, then what the store usually has", () => {
  const found = sections([
    { product: "1", missing: true, quantity: 12 }, { product: "2", missing: false, quantity: 0 },
    { product: "3", missing: false, quantity: 6 }, { product: "4", missing: true, quantity: 0 },
  ]);
  const codes = (/** @type {any[]} */ rows) => rows.map((row) => row.product);
  assert.deepEqual(codes(found.missing), ["1", "4"]);
  assert.deepEqual(codes(found.suggested), ["3"]);
  assert.deepEqual(codes(found.usual), ["2"]);
  assert.equal(found.acceptable, 2);
});

test("a draft that was kept is read as it was; one that cannot be read is a new one", () => {
  const draft = put(newDraft(), "1", 12);
  assert.deepEqual(draftOf(structuredClone(draft)), draft);
  assert.deepEqual(draftOf(null), newDraft());
  assert.deepEqual(draftOf({ lines: "?" }), newDraft());
  assert.deepEqual(draftOf({ lines: [] }), newDraft(), "an older program kept less");
});

test("an order that is changed begins as it stands, and what is taken off travels as nothing", () => {
  const order = { lines: [orderLine(1, "1", { ordered: 24 }), orderLine(2, "2", { uom: "each",
    ordered: 5 }), orderLine(3, "3", { ordered: 0 })] };
  const draft = draftOfOrder(order);
  assert.deepEqual(lines(draft), [["1", 24], ["2", 5]]);
  assert.deepEqual(revisedOf(put(draft, "2", 0), order, product), [
    { product: "1", uom: "case", typed: "2" }, { product: "2", uom: "each", typed: "0" },
    { product: "3", uom: "case", typed: "0" }]);
});

test("a product was last bought on the newest order that had it and stands", () => {
  const one = (/** @type {string} */ day, /** @type {any} */ more, /** @type {any} */ line = {}) =>
    ({ type: "sale", state: "delivered", captured_at: `2026-11-${day}T08:00:00Z`,
      lines: [orderLine(1, "1", line)], ...more });
  const found = lastBought([one("03", {}, { ordered: 36 }), one("05", { state: "cancelled" }),
    one("04", { type: "return" }), one("06", {}, { ordered: 0 })]);
  assert.deepEqual(found.get("1"), { at: "2026-11-03T08:00:00Z", quantity: 36 });
});

test("the credit says what is left after the order, or by how much it is over", () => {
  assert.deepEqual(creditAfter({ room_minor: 1_000 }, 400), { left_minor: 600, over_minor: 0 });
  assert.deepEqual(creditAfter({ room_minor: 1_000 }, 1_000), { left_minor: 0, over_minor: 0 });
  assert.deepEqual(creditAfter({ room_minor: 1_000 }, 1_001), { left_minor: 0, over_minor: 1 });
  assert.deepEqual(creditAfter({ room_minor: null }, 9_999), { left_minor: null, over_minor: 0 });
});
