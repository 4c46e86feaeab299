// @ts-check
// An order being typed: what it comes to after every key, and how quickly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Pad } from "../../../handhelds/pwa/pad.js";
import { Known } from "../../../handhelds/pwa/queries.js";
import { Catalogue } from "../../../handhelds/pwa/shown/catalogue.js";
import { Sheet } from "../../../handhelds/pwa/typed.js";
import { products } from "./shown_rows.js";

const BEGAN = "2026-01-01T00:00:00Z";
const COUNT = 3_000;
const store = {
  id: "s1", scope: "st:s1", version: 1, code: "1042", name: "Nick's", banner: "north",
  channel: "bar", store_class: "A", price_list: null, warehouse: "3", zone: "America/Chicago",
};

/** @param {number} n @param {Record<string, any>} more */
function promotion(n, more) {
  return {
    id: `promotion-${n}`, name: `Promotion ${n}`, state: "live", valid_from: BEGAN, valid_to: null,
    products: null, store: null, banner: null, channel: null, store_class: null, percent: null,
    amount_minor: null, tier_by: "quantity", tiers: [], buy: null, get: null, get_product: null,
    priority: 0, stacks: false, ...more,
  };
}

/** Promotions of every kind, for overlapping groups of products. @param {string[]} codes */
function promotions(codes) {
  return Array.from({ length: 40 }, (_, n) => {
    const some = codes.filter((_code, at) => at % 60 === n % 60);
    return promotion(n, [
      { kind: "percent", percent: "7.5", products: some, stacks: true },
      { kind: "tiers", tiers: [[12, "5", null], [48, "9", null]], products: some, stacks: true },
      { kind: "buy_get", buy: 10, get: 1, products: some },
      { kind: "amount", amount_minor: 3, products: some, banner: "north" },
      { kind: "order", tiers: [[50_000, "2", null]], stacks: true, priority: 1 },
    ][n % 5] ?? {});
  });
}

const rows = products(COUNT);
const codes = rows.map((row) => row.id);
const catalogue = new Catalogue({
  product: rows,
  price_list: [{ id: "base", level: "base" }, { id: "north", level: "banner", banner: "north" }],
  price: codes.flatMap((product, n) => ["base", "north"].map((list) => ({
    id: `${list}-${n}`, scope: `pl:${list}`, product, price: `${1 + (n % 9)}.29`,
    min_quantity: 1, valid_from: BEGAN, valid_to: null }))),
  promotion: promotions(codes),
  stock: codes.map((product) => ({ scope: "wh:3", product, available: 40, due_on: null })),
  policy: [],
});

const pad = () => new Pad(new Known({
  store, owed: null, rows: new Map(), catalogue, marks: {}, waiting: [],
  enrolment: { company: { currency: "USD", zone: "UTC" } },
  now_ms: Date.parse("2026-11-21T10:42:03Z"),
}));

/** @param {number} count */
const wantedOf = (count) => codes.slice(0, count).map((product, n) =>
  ({ product, typed: String(1 + (n * 7) % 60), uom: n % 3 === 0 ? "case" : "each" }));

test("key by key an order comes to what it comes to when it is typed at once", () => {
  const sheet = new Sheet(pad());
  for (const { product, typed, uom } of wantedOf(40)) {
    for (let keys = 1; keys <= typed.length; keys += 1) {
      sheet.put(product, typed.slice(0, keys), uom);
    }
  }
  const { lines, net_minor, gross_minor, discount_minor, refused } = sheet.total();
  const whole = pad().lines(wantedOf(40));
  assert.deepEqual(lines, whole);
  assert.equal(refused.size, 0);
  assert.equal(net_minor, whole.reduce((sum, line) => sum + line.net_minor, 0));
  assert.equal(gross_minor - discount_minor, net_minor);
  assert.ok(discount_minor > 0);
});

test("what is taken off is gone, and what cannot be is told beside the rest", () => {
  const sheet = new Sheet(pad());
  const [one = "", other = ""] = codes;
  sheet.put(one, "2", "case");
  const alone = sheet.total().net_minor;
  sheet.put(other, "1.5");
  sheet.put("nothing", "1");
  const odd = sheet.total();
  assert.equal(odd.net_minor, alone);
  assert.deepEqual([...odd.refused].map(([product, no]) => [product, no.key]), [
    [other, "refused.not_whole"], ["nothing", "refused.no_product"],
  ]);
  for (const product of [other, "nothing"]) sheet.put(product, "");
  assert.equal(sheet.total().refused.size, 0);
  assert.deepEqual(sheet.wanted(), [{ product: one, typed: "2", uom: "case" }]);
  sheet.put(one, "0.0");
  assert.deepEqual(sheet.total(), {
    lines: [], refused: new Map(), gross_minor: 0, discount_minor: 0, net_minor: 0 });
});

test("a key is answered in a few milliseconds with 3,000 products and 40 promotions", () => {
  const sheet = new Sheet(pad());
  for (const { product, typed, uom } of wantedOf(60)) sheet.put(product, typed, uom);
  const typeKeys = (/** @type {number} */ keys) => {
    for (let key = 0; key < keys; key += 1) {
      sheet.put(codes[key % 80] ?? "", String(1 + (key % 90)));
      sheet.total();
    }
  };
  typeKeys(100); // until it is compiled
  const keys = 200;
  const before = process.cpuUsage();
  typeKeys(keys);
  const { user, system } = process.cpuUsage(before);
  const each_ms = (user + system) / 1000 / keys;
  console.log(`a key of an order of 60 lines: ${each_ms.toFixed(2)} ms of processor`);
  assert.ok(each_ms < 10, `${each_ms} ms a key`);
});
