// @ts-check
// The plan and the rep's own numbers, worked out on the handheld.

import assert from "node:assert/strict";
import { test } from "node:test";

import { distanceM } from "../../../handhelds/pwa/shown/distance.js";
import {
  before, periodOf, shelves, trend, worked,
} from "../../../handhelds/pwa/shown/numbers.js";
import {
  calendar, dayMap, frequency, isOnPlan, mondayOf, planned, shorter, standingOf, withVisits,
} from "../../../handhelds/pwa/shown/plan.js";
import { cardLine, orderLine } from "./shown_rows.js";

/** @typedef {Record<string, any>} Row */

const TODAY = "2026-11-22"; // a Sunday
const dayOf = (/** @type {Row} */ row) =>
  (row.started_at ?? row.captured_at ?? "").slice(0, 10) || null;
const stop = (/** @type {string} */ id, /** @type {Row} */ more = {}) => ({ id, store: id,
  day: TODAY, sequence: 1, state: "planned", pinned: false, reason: null, unsent: false, ...more });
const store = (/** @type {string} */ id, /** @type {Row} */ more = {}) => ({ id, code: id,
  name: `Store ${id}`, status: "active", visits_per_4w: 2, ...more });
const visit = (/** @type {string} */ id, /** @type {string} */ at, /** @type {Row} */ more = {}) =>
  ({ id, store: "a", state: "done", started_at: `${at}T08:00:00Z`, ...more });
const order = (/** @type {string} */ id, /** @type {string} */ at, /** @type {Row} */ more = {}) =>
  ({ id, store: "a", type: "sale", state: "accepted", visit: null, net_minor: 1_000,
    captured_at: `${at}T08:30:00Z`, lines: [orderLine(1, "1"), orderLine(2, "2")], ...more });

test("the plan of some days goes by day, then by place, then by id", () => {
  const stops = [stop("c", { day: "2026-11-23" }), stop("b", { sequence: 2 }), stop("a"),
    stop("z", { day: "2026-11-29" })];
  const shown = planned(stops, (id) => (id === "b" ? null : store(id)), TODAY, 7);
  assert.deepEqual(shown.stops.map((one) => [one.id, one.store?.code ?? null]),
    [["a", "a"], ["b", null], ["c", "c"]]);
});

test("a stop that the server has not taken says so before what it is", () => {
  const outcomes = [null, "applied", "adjusted", "merged", "held", "waiting", "rejected"];
  const { stops } = planned(outcomes.map((outcome, n) => stop(`s${n}`, { outcome, sequence: n })), store, TODAY, 1);
  assert.deepEqual(stops.map(standingOf),
    ["planned", "planned", "planned", "planned", "held", "waiting", "rejected"]);
});

test("a wish the server would not take is on no plan: not to be ordered, counted or owed", () => {
  const street = (/** @type {string} */ id) => store(id, { lat_deg: 41.6, lon_deg: Number(id) });
  const wish = stop("9", { sequence: 5, outcome: "rejected" });
  const day = ["1", "3", "2", "4"].map((id, n) => stop(id, { sequence: n + 1 }));
  assert.deepEqual(shorter([...day, wish], street)?.ids, ["1", "2", "3", "4"]);
  assert.equal(calendar([...day, wish], TODAY)[0][6].planned, 4);
  const [owed] = frequency({ stores: [store("9")], visits: [], stops: [wish], today: TODAY,
    day_of: dayOf });
  assert.equal(owed.planned, 0);
  assert.deepEqual([stop("a"), stop("b", { outcome: "held" }), wish].map(isOnPlan),
    [true, true, false]);
});

test("the calendar shows four whole weeks from this Monday on", () => {
  assert.equal(mondayOf(TODAY), "2026-11-16");
  const weeks = calendar([stop("a", { day: "2026-11-16", state: "done" }), stop("b"),
    stop("c", { state: "skipped" }), stop("d", { day: "2026-12-13", unsent: true }),
    stop("e", { day: "2026-12-14" })], TODAY);
  assert.deepEqual([weeks.length, weeks[0].length, weeks[3][6].day], [4, 7, "2026-12-13"]);
  assert.deepEqual(weeks[0][0], { day: "2026-11-16", planned: 0, done: 1, skipped: 0,
    unsent: false, past: true, today: false });
  assert.deepEqual(weeks[0][6], { day: TODAY, planned: 1, done: 0, skipped: 1, unsent: false,
    past: false, today: true });
  assert.deepEqual([weeks[3][6].planned, weeks[3][6].unsent], [1, true]);
});

test("a stop is as far as the visit that was planned by it, on its own day only", () => {
  const made = (/** @type {string} */ of, /** @type {Row} */ more = {}) =>
    visit(`v${of}`, TODAY, { store: of, planned_on: TODAY, ...more });
  const stops = [stop("a"), stop("b"), stop("c"), stop("d", { day: "2026-11-23" }), stop("e", { state: "done" })];
  const shown = withVisits(stops, [made("a", { state: "started" }), made("a"),
    made("b", { state: "skipped", reason: "closed" }), visit("x", TODAY, { store: "c" }), made("d"),
    made("e", { state: "started" })]);
  assert.deepEqual(shown.map((one) => [one.state, one.reason]),
    [["done", null], ["skipped", "closed"], ["planned", null], ["planned", null], ["done", null]]);
});

test("a day is brought into the shortest order, and who has no place comes last", () => {
  const street = (/** @type {string} */ id) => (id === "lost" ? store(id) : id === "gone" ? null
    : store(id, { lat_deg: 41.6, lon_deg: -93.6 + Number(id) / 50 }));
  const day = ["lost", "1", "3", "2", "4"].map((id, n) => stop(id, { sequence: n + 1 }));
  const way = shorter([...day, stop("gone", { sequence: 9, state: "done" })], street);
  assert.equal(way?.ids.at(-1), "lost");
  assert.equal(way?.ids.slice(0, 4).join(""), "1234");
  assert.ok(Math.abs((way?.saved_m ?? 0) - 3_325) < 10, String(way?.saved_m));
  const done = (way?.ids ?? []).map((id, n) => stop(id, { sequence: n + 1 }));
  assert.equal(shorter(done, street), null);
  assert.equal(shorter([stop("1")], street), null);
  assert.equal(shorter([], street), null);
});

test("a day's line goes through its stops in order and leaves out who has no place", () => {
  const places = /** @type {Record<string, Row>} */ ({
    a: store("a", { lat_deg: 42, lon_deg: -91 }), b: store("b", { lat_deg: 42, lon_deg: -92 }),
    c: store("c", { lat_deg: null, lon_deg: null }),
  });
  const found = dayMap([stop("b", { sequence: 2 }), stop("a"), stop("c", { sequence: 3 }),
    stop("gone", { sequence: 4 })], (id) => places[id] ?? null);
  assert.deepEqual(found.pins.map((one) => [one.n, one.store_id]), [[1, "a"], [2, "b"]]);
  assert.deepEqual(found.unplaced.map((one) => one.code), ["c"]);
  assert.equal(found.line_m, distanceM(places.a, places.b));
  assert.ok(Math.abs(found.line_m - 82_634) < 100, "a degree of longitude at 42 north");
});

test("a store is owed the visits agreed for four weeks less those made", () => {
  const visits = [visit("1", "2026-11-20"), visit("2", "2026-11-20"), visit("3", "2026-10-25"),
    visit("4", "2026-11-02", { store: "b" }), visit("5", "2026-10-26", { store: "b" }),
    visit("6", "2026-11-21", { store: "c", state: "skipped" })];
  const rows = frequency({ stores: [store("a"), store("b"), store("c"), store("d", { status: "closed" }),
    store("e", { visits_per_4w: null })],
  visits, stops: [stop("c", { day: "2026-12-01" }), stop("c", { day: "2026-12-20" })],
  today: TODAY, day_of: dayOf });
  assert.deepEqual(rows.map((one) => [one.store.code, one.debt, one.made, one.planned, one.days_ago]),
    [["c", 2, 0, 1, null], ["a", 1, 1, 0, 2], ["e", 0, 0, 0, null], ["b", 0, 2, 0, 20]]);
});

test("a period is the company's, or the month where it keeps none", () => {
  const periods = [{ first_day: "2026-10-26", last_day: "2026-11-22", year: 2026, no: 11 }];
  assert.deepEqual(periodOf(periods, TODAY),
    { first: "2026-10-26", last: "2026-11-22", year: 2026, no: 11 });
  assert.deepEqual(periodOf([], "2026-02-03"), { first: "2026-02-01", last: "2026-02-28" });
  assert.deepEqual(periodOf([], "2026-12-31"), { first: "2026-12-01", last: "2026-12-31" });
  assert.deepEqual(before([], periodOf([], "2026-11-22"), "2026-11-22"),
    { first: "2026-10-01", last: "2026-10-22" }, "as far as today is into this one");
  assert.deepEqual(before([], periodOf([], "2026-03-31"), "2026-03-31").last, "2026-02-28");
});

test("the strike rate counts visits that brought an order, once each", () => {
  const span = { first: "2026-11-01", last: "2026-11-30" };
  const found = worked({
    visits: [visit("1", "2026-11-02"), visit("2", "2026-11-09", { planned_on: "2026-11-09" }),
      visit("3", "2026-11-10", { store: "b" }), visit("4", "2026-10-31"), visit("5", "2026-11-11", { state: "started" })],
    orders: [order("o1", "2026-11-02", { visit: "1" }), order("o2", "2026-11-02", { visit: "1" }),
      order("o3", "2026-11-10", { store: "b", net_minor: 4_000 }),
      order("o4", "2026-11-09", { visit: "2", state: "cancelled" }),
      order("o5", "2026-11-09", { visit: "2", type: "return" })],
    stops: [stop("a", { day: "2026-11-02", state: "done" }), stop("b", { day: "2026-11-12" }),
      stop("a", { id: "s2", day: "2026-11-09" }),
      stop("c", { day: "2026-11-13", outcome: "rejected" })],
    span, day_of: dayOf,
  });
  assert.equal(found.visits, 3);
  assert.deepEqual(found.strike_rate, { value: 66.7, n: 3 });
  assert.deepEqual(found.lines_per_call, { value: 3, n: 2 });
  assert.deepEqual(found.drop_ordered, { value: 2_000, n: 3 });
  assert.deepEqual(found.plan_kept, { value: 66.7, n: 3 });
  assert.equal(found.ordered_minor, 6_000);
});

test("what was delivered counts on the day it came, by the share that came", () => {
  const lines = [orderLine(1, "1", { ordered: 12, delivered: 6, net_minor: 1_000 })];
  const found = worked({ visits: [], stops: [], day_of: dayOf,
    orders: [order("o", "2026-10-30", { state: "delivered", deliver_on: "2026-11-03", lines })],
    span: { first: "2026-11-01", last: "2026-11-30" } });
  assert.deepEqual(found.drop_delivered, { value: 500, n: 1 });
  assert.deepEqual(found.drop_ordered, { value: null, n: 0 });
  assert.deepEqual(found.strike_rate, { value: null, n: 0 }, "no visit: unknown, not nought");
});

test("a store without a card this period is unknown, never a gap", () => {
  const card = (/** @type {string} */ at, /** @type {string} */ of, /** @type {any[][]} */ lines) =>
    ({ id: `${of}${at}`, store: of, captured_at: `2026-11-${at}T08:00:00Z`, lines });
  const found = shelves({
    stores: [store("a"), store("b"), store("c"), store("d", { status: "closed" })],
    cards: [card("02", "a", []), card("09", "a", [cardLine("1"), cardLine("2",
      { on_shelf: false, out_of_stock: true })]), card("03", "b", [cardLine("2")])],
    span: { first: "2026-11-01", last: "2026-11-30" }, day_of: dayOf,
    must: () => ["1", "2"], name_of: (code) => `P${code}`,
  });
  assert.deepEqual([found.stores, found.with_card], [3, 2]);
  assert.deepEqual(found.must_stock, { value: 50, n: 4 });
  assert.deepEqual(found.out_of_stock, { value: 33.3, n: 3 });
  assert.deepEqual(found.gaps.map((one) => [one.product, one.name, one.needed,
    one.missing.map((at) => at.code)]), [["1", "P1", 2, ["b"]], ["2", "P2", 2, ["a"]]]);
});

test("the trend goes by periods, begins with the first order known, and ends today", () => {
  const periods = [
    { first_day: "2026-08-31", last_day: "2026-09-27", no: 9 },
    { first_day: "2026-09-28", last_day: "2026-10-25", no: 10 },
    { first_day: "2026-10-26", last_day: "2026-11-22", no: 11 },
    { first_day: "2026-11-23", last_day: "2026-12-20", no: 12 },
  ];
  const orders = [order("1", "2026-10-01"), order("2", "2026-11-01"), order("3", "2026-11-22"),
    order("4", "2026-11-22", { outcome: "rejected" })];
  const found = trend({ periods, orders, today: TODAY, day_of: dayOf });
  assert.equal(found.by, "period");
  assert.deepEqual(found.points.map((one) => [one.no, one.minor, one.n]),
    [[10, 1_000, 1], [11, 2_000, 2]]);
  const weeks = trend({ periods: [], orders, today: TODAY, day_of: dayOf });
  assert.equal(weeks.by, "week");
  assert.deepEqual([weeks.points.at(-1)?.last, weeks.points.at(-1)?.minor], [TODAY, 1_000]);
  assert.deepEqual(trend({ periods, orders: [], today: TODAY, day_of: dayOf }).points, []);
});
