// @ts-check
// What a rep looks up on every key: found by any word, code or barcode, and quickly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Catalogue, folded } from "../../../handhelds/pwa/shown/catalogue.js";
import { product, products } from "./shown_rows.js";

const ids = (/** @type {any[]} */ rows) => rows.map((row) => row.id);

test("a product is found by the beginning of any word, by its code and by its barcode", () => {
  const found = new Catalogue({
    product: [
      product("20041", { name: "TITOS HANDMADE VODKA", gtin: "4006381333931" }),
      product("20042", { name: "HAWKEYE VODKA", brand: "Hawkeye" }),
      product("20043", { name: "KIWI COLA" }),
    ],
  });
  assert.deepEqual(ids(found.search("vod")), ["20042", "20041"], "by name");
  assert.deepEqual(ids(found.search("vod ti")), ["20041"], "every word counts");
  assert.deepEqual(ids(found.search("20043")), ["20043"]);
  assert.deepEqual(ids(found.search("4006381333931")), ["20041"]);
  assert.deepEqual(ids(found.search("VÓDKA HAWK")), ["20042"], "accents and case do not matter");
  assert.deepEqual(ids(found.search("whisky")), []);
  assert.deepEqual(ids(found.search("")), ["20042", "20043", "20041"], "nothing typed: all");
});

test("what begins with the word comes before what only holds it", () => {
  const found = new Catalogue({
    product: [
      product("1", { name: "Angostura cola nut" }),
      product("2", { name: "Mezcola" }),
      product("cola3", { name: "Zest" }),
    ],
  });
  assert.deepEqual(ids(found.search("cola")), ["cola3", "1", "2"]);
  assert.deepEqual(ids(found.search("cola", 1)), ["cola3"]);
});

test("a Chinese name is found by the words in its middle", () => {
  const found = new Catalogue({
    product: [product("1", { name: "百事可乐 330毫升" }), product("2", { name: "雪碧" })],
  });
  assert.deepEqual(ids(found.search("可乐")), ["1"]);
  assert.deepEqual(ids(found.search("３３０")), ["1"], "full-width figures are figures");
});

test("a barcode that stands on several products offers all of them", () => {
  const found = new Catalogue({
    product: [
      product("1", { name: "One", gtin: "4006381333931" }),
      product("2", { name: "Two", gtin: "4006381333931" }),
      product("3", { name: "Three", gtin: "4006381333930" }), // check digit is wrong
    ],
  });
  assert.deepEqual(found.scanned("]E04006381333931").map((one) => one.product), ["1", "2"]);
  assert.deepEqual(found.scanned("4006381333930"), []);
  assert.deepEqual(found.scanned("hello"), []);
});

test("prices, stock and stores are there by name", () => {
  const found = new Catalogue({
    price: [{ id: "p1", scope: "pl:base", product: "1", price: "2.5" }],
    stock: [{ id: "s1", scope: "wh:w1", product: "1", available: 7 }],
    store: [{ id: "st1", code: "1042", name: "Quick Stop", city: "Cedar Rapids" }],
  });
  assert.equal(found.prices("1")[0].list, "base");
  assert.equal(found.stock("w1", "1")?.available, 7);
  assert.equal(found.stock("w2", "1"), null);
  assert.deepEqual(ids(found.searchStores("rapids 10")), ["st1"]);
});

test("folding takes case, accents and width away and leaves the letters", () => {
  assert.equal(folded("Ångström ＡＢＣ 可乐"), "angstrom abc 可乐");
});

test("each key among 3,000 products is answered well within its budget", () => {
  const found = new Catalogue({ product: products(3000) });
  const typed = ["v", "vo", "vod", "vodk", "vodka", "vodka 7", "vodka 75", "zzz", "1", "40"];
  for (const text of typed) found.search(text); // warm
  const begun = process.cpuUsage();
  for (const text of typed) found.search(text);
  const used = process.cpuUsage(begun);
  const each_ms = (used.user + used.system) / 1000 / typed.length;
  // 50 ms at a four-fold slow-down leaves 12.5 ms here; measured about 1.
  assert.ok(each_ms < 12.5, `${each_ms.toFixed(2)} ms of CPU a key`);
});
