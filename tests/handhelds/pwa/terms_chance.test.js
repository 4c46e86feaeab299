// @ts-check
// What no case can list of the browser's arithmetic holds by chance: rounding, spreading, days
// across a change of the clocks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { byParts, byText } from "../../../handhelds/pwa/terms/compare.js";
import {
  addDays, dayNumber, daysBetween, isoWeekday, moment, offsetMs, onWall,
} from "../../../handhelds/pwa/terms/day.js";
import * as quantity from "../../../handhelds/pwa/terms/quantity.js";
import { spread } from "../../../handhelds/pwa/terms/spread.js";

/** Chance that comes again: whole numbers below `most`. @param {number} seed */
function luck(seed) {
  let state = seed;
  return (/** @type {number} */ most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

test("with small numbers and with large ones the same is rounded", () => {
  const any = luck(1);
  for (let n = 0; n < 2_000; n += 1) {
    const value = any(2 ** 40) - 2 ** 39;
    const [num, den] = [BigInt(any(10 ** (1 + any(9)))), BigInt(1 + any(10 ** (1 + any(6))))];
    const exact = quantity.ratioHalfUp(BigInt(value) * num, den);
    const told = `${value} x ${num}/${den}`;
    if (Number.isSafeInteger(Number(exact))) {
      assert.equal(BigInt(quantity.timesRatio(value, num, den)), exact, told);
    } else {
      assert.throws(() => quantity.timesRatio(value, num, den), RangeError, told);
    }
  }
  assert.equal(quantity.timesRatio(3, 1n, 2n), 2);
  assert.equal(quantity.timesRatio(-3, 1n, 2n), -2);
  assert.throws(() => quantity.timesRatio(2 ** 52, 4n, 1n), RangeError);
});

test("a spread amount sums to itself, however large, and no part is off by one", () => {
  const any = luck(2);
  for (let n = 0; n < 500; n += 1) {
    const amount = any(10 ** (1 + any(12)));
    const weights = Array.from({ length: 1 + any(8) }, () => any(10 ** (1 + any(8))));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const parts = spread(amount, weights);
    if (total === 0) {
      assert.deepEqual(parts, weights);
      continue;
    }
    assert.equal(parts.reduce((sum, part) => sum + part, 0), amount);
    for (const [at, part] of parts.entries()) {
      const off = BigInt(part) * BigInt(total) - BigInt(amount) * BigInt(weights[at] ?? 0);
      assert.ok(off < BigInt(total) && -off < BigInt(total), `${amount} over ${weights}`);
    }
  }
});

/** Hamilton's method on paper, with BigInt throughout. @param {number} amount
 * @param {number[]} weights */
function onPaper(amount, weights) {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  const whole = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = whole.map((one) => one / total);
  const left = Number(BigInt(amount) - parts.reduce((sum, part) => sum + part, 0n));
  const order = whole.map((one, at) => ({ at, lost: one % total }))
    .sort((one, other) => (one.lost === other.lost ? one.at - other.at
      : one.lost > other.lost ? -1 : 1));
  for (const { at } of order.slice(0, left)) parts[at] = (parts[at] ?? 0n) + 1n;
  return parts.map(Number);
}

test("what is spread is what is spread on paper, beyond the numbers that are exact, too", () => {
  const any = luck(3);
  let large = 0;
  for (let n = 0; n < 500; n += 1) {
    const most = n % 2 === 0 ? 50 : 2 ** 40;
    const amount = any(most);
    const weights = Array.from({ length: 2 + any(7) }, () => 1 + any(most));
    assert.deepEqual(spread(amount, weights), onPaper(amount, weights), `${amount}: ${weights}`);
    large += Number(amount * Math.max(...weights) > Number.MAX_SAFE_INTEGER);
  }
  assert.ok(large > 100);
});

test("decimals are written without zeros that say nothing", () => {
  const written = { "1.290000": "1.29", "0.50": "0.5", "007": "7", "10.00": "10", "-0.0": "0",
    "-1.50": "-1.5", "+2.10": "2.1", "0": "0", "100": "100" };
  for (const [text, wanted] of Object.entries(written)) assert.equal(quantity.plain(text), wanted);
  for (const text of ["", ".5", "1.", "1e3", "1,5", "x"]) {
    assert.throws(() => quantity.plain(text), TypeError);
    assert.throws(() => quantity.fraction(text), TypeError);
  }
  assert.equal(quantity.byValue("1.10", "1.1"), 0);
  assert.ok(quantity.byValue("-1", "0.5") < 0);
});

test("days are those of the calendar", () => {
  assert.equal(addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(addDays("2026-01-01", -1), "2025-12-31");
  assert.equal(daysBetween("2026-11-21", "2026-11-01"), -20);
  assert.deepEqual(["2026-11-22", "2026-11-23", "1969-12-31"].map(isoWeekday), [7, 1, 3]);
  for (const day of ["2026-02-29", "2026-13-01", "2026-1-1", "21.11.2026", ""]) {
    assert.throws(() => dayNumber(day), TypeError, day);
  }
  assert.throws(() => moment("soon"), TypeError);
  assert.equal(moment("2026-11-21T10:42:03.000001Z") - moment("2026-11-21T10:42:03Z"), 1);
  assert.equal(moment("2026-11-21T13:42:03.12+03:00"), moment("2026-11-21T10:42:03.120Z"));
});

test("every quarter of an hour of a year, a wall clock shows the moment it stands for", () => {
  for (const zone of ["America/Chicago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]) {
    for (let at_ms = Date.UTC(2026, 0, 1); at_ms < Date.UTC(2027, 0, 1); at_ms += 97 * 900_000) {
      const wall = new Date(at_ms + offsetMs(zone, at_ms + 250)).toISOString();
      const found = onWall(wall.slice(0, 10), wall.slice(11, 19), zone) / 1000;
      assert.ok(found === at_ms || at_ms - found === 3_600_000 || at_ms - found === 1_800_000,
        `${zone} ${wall}: the first of two, if it comes twice`);
    }
  }
});

test("a zone that the browser does not know is taken for its own", () => {
  const now = Date.UTC(2026, 10, 21, 10, 42);
  const own = (0 - new Date(now).getTimezoneOffset()) * 60_000;
  assert.equal(offsetMs("Mars/Olympus_Mons", now), own);
});

test("texts come by their code points, and lists part by part", () => {
  const texts = ["", "a", "ab", "b", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{1f600}"];
  assert.deepEqual([...texts].reverse().sort(byText), texts);
  const lists = [[1, "a", 2], [1, "a", 10], [1, "b", 0], [2, "", 0]];
  assert.deepEqual([...lists].reverse().sort(byParts), lists);
});
