// @ts-check
// What the browser's screens show of rows told on standard input, for a test that holds them
// against the reference handheld's: {rows, enrolment, marks, now_ms, store, words, first} -> JSON.

import { readFileSync } from "node:fs";

import { planned } from "../../../handhelds/pwa/shown/plan.js";
import { settingOf, storeKnown } from "../../../handhelds/pwa/shown/reading.js";
import { owedScreen } from "../../../handhelds/pwa/shown/receivables.js";
import { stockScreen } from "../../../handhelds/pwa/shown/stock.js";
import { storeScreen } from "../../../handhelds/pwa/shown/store.js";

const told = JSON.parse(readFileSync(0, "utf8"));

/** @param {string} kind @param {string} [store] */
const rows = async (kind, store) => (told.rows[kind] ?? []).filter((/** @type {any} */ row) =>
  store === undefined || ("store" in row ? row.store === store : row.id === store));

/** A store of the handheld that is only read. */
const local = {
  rows,
  row: async (/** @type {string} */ kind, /** @type {string} */ id) =>
    (await rows(kind)).find((/** @type {any} */ row) => row.id === id) ?? null,
  fact: async (/** @type {string} */ name) => (name === "enrolment" ? told.enrolment : null),
  trail: async () => [],
  unanswered: async () => [],
  now: async () => told.now_ms,
  copy: { mark: async (/** @type {string} */ name) => told.marks[name] ?? null },
  changed: new EventTarget(),
};

const known = await storeKnown(local, told.store);
const setting = await settingOf(local);
const { catalogue, as_of, now_ms } = setting;
console.log(JSON.stringify({
  store: storeScreen(known),
  owed: owedScreen(known),
  stock: stockScreen({ catalogue, words: told.words, store: known.store, now_ms,
    as_of: as_of.stock ?? null }),
  plan: planned(told.rows.plan_stop, (id) => catalogue.store(id), told.first, 28),
}));
