// @ts-check
// A store as a form, and goods that go back: what a rep is shown, and what then travels.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BODIES } from "../../../handhelds/pwa/bodies.js";
import { NEW_STORE_FIELDS, STORE_FIELDS } from "../../../handhelds/pwa/edits.js";
import { amountWords } from "../../../handhelds/pwa/parts/amount.js";
import {
  everything, linesBack, mayGoBack, put, wantedBack, worthMinor,
} from "../../../handhelds/pwa/shown/giving_back.js";
import {
  ASKED, ASKED_NEW, MOST, SEEN, alike, changesOf, faultOf, formOf, givenOf, wordsOf,
} from "../../../handhelds/pwa/shown/store_form.js";
import { orderLine, product } from "./shown_rows.js";

const STORE = {
  id: "s-1", code: "1042", name: "Corner Shop", address: "1 High St", city: "Lyon", phone: "+33 4 7812 3456",
  terms_days: 30, store_class: "A", lat_deg: 45.75, lon_deg: 4.85, geo_accuracy_m: 12, tax_id: "FR12",
};
const NEW = { ...formOf(null), name: "Chez Nous" };

test("only what says something else travels, figures as figures and nothing as nothing", () => {
  const before = formOf(STORE);
  assert.deepEqual(changesOf(before, before), {});
  const typed = { ...before, phone: " ", terms_days: "45", name: " Corner Shop ", city: "Paris" };
  assert.deepEqual(changesOf(typed, before), { phone: null, terms_days: 45, city: "Paris" });
  assert.equal(before.position, "45.75000,4.85000,12");
});

test("a form asks for nothing that a verb would not take, and lets nothing in that is too long", () => {
  assert.deepEqual([...SEEN, ...ASKED].filter((name) => !STORE_FIELDS.includes(name)), []);
  assert.deepEqual([...SEEN, ...ASKED_NEW].filter((name) => !NEW_STORE_FIELDS.includes(name)), []);
  const shape = /** @type {Record<string, string>} */ (BODIES["store.create"]);
  for (const [name, most] of Object.entries(MOST)) {
    assert.ok(most <= Number(shape[name].match(/:(\d+)\??$/)?.[1]), name);
  }
});

test("a store needs a name, and days are whole", () => {
  assert.deepEqual(faultOf(formOf(null)), { field: "name", key: "refused.no_name" });
  assert.equal(faultOf(NEW), null);
  assert.deepEqual(faultOf({ ...NEW, terms_days: "3x" }), { field: "terms_days", key: "form.no_whole" });
});

test("of a new store only what was filled in travels", () => {
  const typed = { ...NEW, city: " Lyon ", position: "45.75000,4.85000,8" };
  assert.deepEqual(givenOf(typed), { city: "Lyon", position: "45.75000,4.85000,8" });
});

test("a new store is held against those that are here, the surest sign first", () => {
  const why = (/** @type {Record<string, string>} */ some) =>
    alike([STORE], { ...NEW, ...some }).map((one) => one.why);
  assert.deepEqual(why({}), []);
  assert.deepEqual(why({ name: "corner" }), ["name"]);
  assert.deepEqual(why({ name: "cor" }), [], "too little to go by");
  assert.deepEqual(why({ phone: "04 78 12 34 56" }), ["phone"]);
  assert.deepEqual(why({ tax_id: "FR12", name: "corner" }), ["tax_id"]);
  assert.deepEqual(why({ position: "45.75020,4.85000,8" }), ["near"]);
  assert.deepEqual(why({ position: "45.76000,4.85000,8" }), [], "a kilometre away");
  const other = { ...STORE, id: "s-2", name: "Corner Two", phone: null, lat_deg: null, tax_id: null };
  const both = alike([other, STORE], { ...NEW, name: "corner", position: "45.75020,4.85000,8" });
  assert.deepEqual(both.map((one) => [one.store.id, one.why]), [["s-1", "near"], ["s-2", "name"]]);
});

test("words in use are offered, those used most first", () => {
  const rows = ["pub", "shop", null, "shop", "bar"].map((channel) => ({ channel }));
  assert.deepEqual(wordsOf(rows, "channel"), ["shop", "bar", "pub"]);
});

const ORDER = {
  state: "delivered", type: "sale", currency: "USD",
  lines: [orderLine(1, "1", { delivered: 24, unit_price: "2.50" }),
    orderLine(2, "2", { delivered: 0 })],
};

test("goods go back up to what came and is not back yet, at the price they were sold at", () => {
  const lines = linesBack(ORDER, new Map([["1", 20]]), (code) => product(code));
  assert.deepEqual(lines.map((one) => [one.product, one.came, one.may]), [["1", 24, 20]]);
  const [line] = lines;
  const chosen = put({}, line, 99, "each");
  assert.deepEqual(chosen, { 1: { quantity: 20, uom: "each" } });
  assert.deepEqual(wantedBack(lines, chosen), [{ product: "1", uom: "each", typed: "20" }]);
  assert.deepEqual(wantedBack(lines, put({}, line, 12)), [{ product: "1", uom: "case", typed: "1" }]);
  assert.equal(worthMinor(lines, chosen, "USD"), 5000);
  assert.deepEqual(everything(lines), { 1: { quantity: 20, uom: "" } });
  assert.deepEqual(put(chosen, line, 0), {});
});

test("one piece of what is sold by the case goes back, by any unit it is counted in", () => {
  const uoms = [["case", 12, 1, null, true], ["tray", 6, 1, null, false], ["part", 2, 3, null, true]];
  const sold = (/** @type {string} */ code) =>
    ({ ...product(code), uoms, status: "blocked", min_quantity: 24, multiple: 12 });
  const [line] = linesBack(ORDER, new Map([["1", 20]]), sold);
  assert.deepEqual(line.units.map((/** @type {any} */ one) => [one.uom, one.each]),
    [["each", 1], ["tray", 6], ["case", 12]]);
  assert.deepEqual(wantedBack([line], put({}, line, 1)), [{ product: "1", uom: "each", typed: "1" }]);
  assert.deepEqual(wantedBack([line], put({}, line, 6)), [{ product: "1", uom: "tray", typed: "1" }]);
  const [gone] = linesBack(ORDER, new Map([["1", 20]]), () => null);
  assert.deepEqual(gone.units, [{ uom: "each", each: 1 }]);
});

test("a quantity is told in cases and pieces also where no piece is ordered", () => {
  const caseOnly = { uoms: [["case", 12, 1, null, true]] };
  assert.deepEqual([1, 12, 25].map((n) => amountWords(caseOnly, n)), ["1 each", "1 case", "2 case + 1 each"]);
});

test("nothing goes back of what has not come, and nothing of a return", () => {
  assert.equal(mayGoBack(ORDER), true);
  assert.equal(mayGoBack({ ...ORDER, state: "dispatched" }), false);
  assert.equal(mayGoBack({ ...ORDER, type: "return" }), false);
  assert.equal(mayGoBack({ ...ORDER, lines: [] }), false);
});
