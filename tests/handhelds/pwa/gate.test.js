// @ts-check
// Who may look: codes as people type and scan them, and the offline lease.

import assert from "node:assert/strict";
import { test } from "node:test";

import { codeIn, daysAway } from "../../../handhelds/pwa/gate.js";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-11-22T08:00:00Z");

/** @param {number} days since the last sync @param {any[]} directives @returns {any} */
const away = (days, directives = []) => ({
  copy: {
    mark: async (/** @type {string} */ name) => name === "directives" ? directives
      : new Date(NOW - days * DAY_MS).toISOString(),
  },
  now: async () => NOW,
});

test("a code is found in what is scanned and in what is typed", () => {
  for (const text of ["https://talaria.example/app/#enrol=K7QX-2M4P", "k7qx2m4p", " K7QX 2M4P ",
    "K7QX-2M4P", "https://talaria.example/app/#enrol=k7qx2m4p"]) {
    assert.equal(codeIn(text), "K7QX-2M4P", text);
  }
  for (const text of ["", "K7QX", "https://talaria.example/", "K7QX-2M4P-9", "K7QX-2M4!"]) {
    assert.equal(codeIn(text), "", text);
  }
});

test("a handheld that has not synced for longer than its lease is locked, by days", async () => {
  assert.equal(await daysAway(away(89.9)), null);
  assert.equal(await daysAway(away(90.1)), 90);
  assert.equal(await daysAway(away(30.5, [{ kind: "lease", days: 30 }])), 30);
  assert.equal(await daysAway(away(29, [{ kind: "lease", days: 30 }])), null);
});

test("a lease of 0 days never locks, and one that is no number counts as none told", async () => {
  assert.equal(await daysAway(away(4000, [{ kind: "lease", days: 0 }])), null);
  assert.equal(await daysAway(away(91, [{ kind: "lease", days: "many" }])), 91);
});

test("a handheld that never pulled is not locked", async () => {
  const fresh = { copy: { mark: async () => null }, now: async () => NOW };
  assert.equal(await daysAway(/** @type {any} */ (fresh)), null);
});
