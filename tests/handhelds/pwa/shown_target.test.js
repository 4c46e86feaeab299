// @ts-check
// How far a rep has come towards the target of the period.

import assert from "node:assert/strict";
import { test } from "node:test";

import { before, periodOf } from "../../../handhelds/pwa/shown/numbers.js";
import { netSold, progress, targetOn } from "../../../handhelds/pwa/shown/target.js";

/** @typedef {Record<string, any>} Row */

const DAYS = ["02", "03", "04", "05", "06", "09", "10", "11", "12", "13"].map((day) => `2026-11-${day}`);
const target = (/** @type {Row} */ more = {}) => ({ id: "t", rep: "ana", first_day: "2026-11-02",
  last_day: "2026-11-15", net_minor: 100_000, working_days: DAYS, state: "set", ...more });
const order = (/** @type {string} */ at, /** @type {Row} */ more = {}) => ({ id: at, type: "sale",
  state: "accepted", net_minor: 1_000, captured_at: `${at}T09:00:00Z`, ...more });
const dayOf = (/** @type {Row} */ row) => row.captured_at.slice(0, 10);

test("a target holds on its days, for its rep, unless it was withdrawn", () => {
  const all = [target(), target({ id: "other", rep: "ben" }), target({ id: "gone", state: "withdrawn",
    first_day: "2026-11-03" }), target({ id: "next", first_day: "2026-11-16", last_day: "2026-11-29" })];
  assert.equal(targetOn(all, "ana", "2026-11-02")?.id, "t");
  assert.equal(targetOn(all, "ana", "2026-11-15")?.id, "t");
  assert.equal(targetOn(all, "ana", "2026-11-16")?.id, "next");
  assert.equal(targetOn(all, "ana", "2026-11-01"), null);
  assert.equal(targetOn(all, "zoe", "2026-11-02"), null);
  const later = target({ id: "later", first_day: "2026-11-09" });
  assert.equal(targetOn([target(), later], "ana", "2026-11-10")?.id, "later", "the one that began last");
});

test("net sales are orders that stand, less what stores gave back, within the days", () => {
  const found = netSold([order("2026-11-01"), order("2026-11-02"), order("2026-11-10", { type: "van" }),
    order("2026-11-11"), order("2026-11-03", { type: "free", net_minor: 0 }),
    order("2026-11-03", { state: "cancelled" }), order("2026-11-03", { outcome: "rejected", state: "held" }),
    order("2026-11-04", { type: "return", net_minor: 300 }),
    order("2026-11-05", { type: "return", net_minor: -50 }),
    order("2026-11-06", { outcome: "rejected", version: 0 }), // one nobody took
    order("2026-11-06", { outcome: "rejected", version: 7 })], // it stands, a change of it does not
  { first: "2026-11-02", last: "2026-11-10" }, dayOf);
  assert.deepEqual(found, { sold_minor: 3_000, back_minor: 350, net_minor: 2_650 });
});

test("what should be reached by now goes by working days that have passed, today not among them", () => {
  const found = progress(target(), 45_000, "2026-11-09");
  assert.deepEqual([found.days, found.passed, found.left, found.expected], [10, 5, 5, 50]);
  assert.deepEqual([found.reached, found.missing_minor, found.ahead_minor], [45, 55_000, -5_000]);
  assert.equal(found.per_day_minor, 11_000);
  assert.equal(progress(target(), 45_000, "2026-11-08").passed, 5, "a weekend passes no working day");
  assert.equal(progress(target(), 0, "2026-11-02").expected, 0);
});

test("a hundred percent is said when all of it is there, and not before", () => {
  assert.equal(progress(target(), 99_999, "2026-11-13").reached, 99);
  const there = progress(target(), 100_000, "2026-11-13");
  assert.deepEqual([there.reached, there.missing_minor, there.over_minor, there.per_day_minor],
    [100, 0, 0, null]);
  assert.equal(progress(target(), 130_050, "2026-11-13").over_minor, 30_050);
});

test("what a day has to bring is rounded up, and unknown when no day is left", () => {
  assert.equal(progress(target(), 0, "2026-11-11").per_day_minor, 33_334);
  const over = progress(target(), 10, "2026-11-14");
  assert.deepEqual([over.left, over.expected, over.per_day_minor], [0, 100, null]);
});

test("who has no working day in the period is expected nothing by now", () => {
  const found = progress(target({ working_days: [] }), 10_000, "2026-11-09");
  assert.deepEqual([found.expected, found.ahead_minor, found.per_day_minor, found.reached],
    [null, null, null, 10]);
});

test("when more came back than was sold nothing is reached, and all the more is missing", () => {
  const found = progress(target(), -500, "2026-11-09");
  assert.deepEqual([found.reached, found.missing_minor], [0, 100_500]);
});

test("without a calendar the target says what the period is, and the days before it are compared", () => {
  const span = periodOf([], "2026-11-05", target());
  assert.deepEqual(span, { first: "2026-11-02", last: "2026-11-15" });
  assert.deepEqual(before([], span, "2026-11-05", target()),
    { first: "2026-10-19", last: "2026-10-22" });
  const kept = [{ first_day: "2026-11-01", last_day: "2026-11-30", year: 2026, no: 11 }];
  assert.equal(periodOf(kept, "2026-11-05", target()).no, 11, "a calendar comes first");
});
