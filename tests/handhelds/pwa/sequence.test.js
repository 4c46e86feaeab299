// @ts-check
// The browser's handheld puts a day in order exactly as the server's planner does, and forty stops
// in far less time than a rep notices.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { keepsHours, orderQuickly } from "../../../handhelds/pwa/sequence.js";

/** @typedef {Record<string, any>} Given */

const FILE = new URL("../../../sync/contract/sequences/day.json", import.meta.url);

const spell = (/** @type {string[]} */ s) => ({ from: Number(s[0]), until: Number(s[1]) });

/** What a case gives, as the day it means. @param {Given} given */
function workOf(given) {
  const lunch = given.day.lunch;
  return {
    minutes: given.minutes.map((/** @type {string[]} */ row) => row.map(Number)),
    stops: given.stops.map((/** @type {Given} */ stop) => ({
      visit: Number(stop.visit_min),
      open: stop.open?.map(spell) ?? null,
    })),
    day: {
      from: Number(given.day.from),
      to: Number(given.day.to),
      lunch: lunch
        ? { from: Number(lunch.from), until: Number(lunch.until), length: Number(lunch.min) }
        : null,
    },
  };
}

const { cases } = JSON.parse(readFileSync(FILE, "utf8"));
assert.ok(cases.length >= 10);
for (const each of cases)
  test(`${each.id}: ${each.says}`, () => {
    const done = orderQuickly(workOf(each.given), each.given.made.map(Number));
    assert.deepEqual(done.order.map(String), each.expect.order);
    assert.deepEqual(done.leftOut.map(String), each.expect.left_out);
    const times = [...done.calls.map((call) => call.begin), done.home, done.travel];
    const told = [...each.expect.begins, each.expect.home, each.expect.travel_min].map(Number);
    for (const [i, time] of times.entries()) assert.ok(Math.abs(time - told[i]) < 0.0051);
  });

test("forty stops are in order before a rep notices", () => {
  const many = 40;
  let state = 7;
  const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const at = Array.from({ length: many + 1 }, () => [40 * chance(), 40 * chance()]);
  const minutes = at.map((a) => at.map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])));
  const stops = at.slice(1).map(() => ({ visit: 5, open: null }));
  const lunch = { from: 690, until: 780, length: 30 };
  const work = { minutes, stops, day: { from: 480, to: 1020, lunch } };
  const before = process.cpuUsage().user;
  const done = orderQuickly(work);
  assert.equal(done.order.length + done.leftOut.length, many);
  assert.ok(keepsHours(work, done.order));
  assert.ok(process.cpuUsage().user - before < 1_000_000, "a second of a busy test machine");
});
