// @ts-check
// The plan, as plain data: four weeks of days, one day's stops and its line on the map, and which
// stores are owed a visit by the frequency agreed for them.

import { orderQuickly } from "../sequence.js";
import { UNTAKEN } from "../stored/work.js";
import { addDays, daysBetween, isoWeekday } from "../terms/day.js";
import { distanceM } from "./distance.js";
import { storeLine } from "./store.js";

/** @typedef {Record<string, any>} Row */

export const WEEKS = 4;
const CYCLE_DAYS = 28;
/** A way has to be so much shorter, or the order a rep knows is left as it is. */
const WORTH_M = 200;
const LEFT_OUT = new Set(["closed", "merged"]);

/** The Monday of a day's week. @param {string} day */
export const mondayOf = (day) => addDays(day, 1 - isoWeekday(day));

/** @param {Row} a @param {Row} b */
const inOrder = (a, b) => a.sequence - b.sequence || (a.id < b.id ? -1 : 1);

/**
 * Stops with what became of them: a visit that was planned by a stop says first that it was begun,
 * made or skipped; nobody writes that into the plan.
 * @param {Row[]} stops @param {Row[]} visits
 */
export function withVisits(stops, visits) {
  const rank = ["planned", "skipped", "started", "done"];
  /** @type {Map<string, Row>} */
  const found = new Map();
  for (const row of visits) {
    const key = `${row.store} ${row.planned_on}`;
    if (rank.indexOf(row.state) > rank.indexOf(found.get(key)?.state ?? "planned")) found.set(key, row);
  }
  return stops.map((stop) => {
    const visit = found.get(`${stop.store} ${stop.day}`);
    const further = visit && rank.indexOf(visit.state) > rank.indexOf(stop.state);
    return further ? { ...stop, state: visit.state, reason: visit.state === "skipped" ? visit.reason : stop.reason } : stop;
  });
}

/** A stop as the list shows it. @param {Row} stop @param {Row | null} store @returns {Row} */
export function stopLine(stop, store) {
  const names = ["id", "day", "sequence", "state", "pinned", "reason", "unsent", "outcome"];
  return { ...Object.fromEntries(names.map((name) => [name, stop[name] ?? null])),
    store: store ? storeLine(store) : null, store_id: stop.store };
}

/** How a stop stands: a wish of the rep that the server has not taken says so first, as it is on no
 * plan but this handheld's; or else its state. @param {Row} stop @returns {string} */
export const standingOf = (stop) => UNTAKEN.has(stop.outcome) ? stop.outcome : String(stop.state);

/** Whether a stop is to be made: it is planned, and not a wish the server would not take.
 * @param {Row} stop */
export const isOnPlan = (stop) => stop.state === "planned" && stop.outcome !== "rejected";

/** The plan of some days, store by store.
 * @param {Row[]} stops @param {(id: string) => Row | null} store @param {string} first
 * @param {number} days */
export function planned(stops, store, first, days) {
  const until = addDays(first, days);
  const rows = stops.filter((row) => first <= row.day && row.day < until);
  rows.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : inOrder(a, b)));
  return { first, days, stops: rows.map((row) => stopLine(row, store(row.store))) };
}

/** Four weeks from the Monday of `today` on: [[{day, planned, done, skipped, moved, past}]].
 * @param {Row[]} stops @param {string} today */
export function calendar(stops, today) {
  const first = mondayOf(today);
  /** @type {Map<string, Row[]>} */
  const by_day = new Map();
  for (const row of stops) by_day.set(row.day, [...(by_day.get(row.day) ?? []), row]);
  const count = (/** @type {Row[]} */ rows, /** @type {string[]} */ ...states) =>
    rows.filter((row) => states.includes(row.state)).length;
  return Array.from({ length: WEEKS }, (_, week) => Array.from({ length: 7 }, (__, n) => {
    const day = addDays(first, week * 7 + n);
    const rows = by_day.get(day) ?? [];
    return { day, planned: rows.filter(isOnPlan).length, done: count(rows, "done", "started"),
      skipped: count(rows, "skipped"), unsent: rows.some((row) => row.unsent),
      past: day < today, today: day === today };
  }));
}

/** @param {Row | null} row */
const isPlaced = (row) => row !== null && Number.isFinite(row.lat_deg) && Number.isFinite(row.lon_deg);

/** A day's pins in order, its line, and what nobody knows the place of.
 * @param {Row[]} stops of one day @param {(id: string) => Row | null} store */
export function dayMap(stops, store) {
  const rows = [...stops].sort(inOrder).map((stop) => ({ stop, at: store(stop.store) }));
  const placed = rows.filter(({ at }) => isPlaced(at));
  const pins = placed.map(({ stop, at }, n) => ({
    n: n + 1, store_id: stop.store, name: at?.name ?? "", code: at?.code ?? "", state: stop.state,
    lat_deg: Number(at?.lat_deg), lon_deg: Number(at?.lon_deg),
  }));
  let line_m = 0;
  for (let n = 1; n < pins.length; n += 1) line_m += distanceM(pins[n - 1], pins[n]);
  return { pins, line_m, unplaced: rows.filter(({ at }) => at && !isPlaced(at))
    .map(({ at }) => storeLine(/** @type {Row} */ (at))) };
}

/**
 * The planned stops of a day by the shortest way from the first to the last, whichever they are:
 * their ids and the metres it saves; null where it saves next to nothing. As the crow flies: of
 * hours and roads the handheld knows nothing. Of its two directions the one in which the first stop
 * of now comes early; who has no place comes last, in the order it has.
 * @param {Row[]} stops of one day @param {(id: string) => Row | null} store
 */
export function shorter(stops, store) {
  const rows = stops.filter(isOnPlan).sort(inOrder)
    .map((stop) => ({ id: stop.id, at: store(stop.store) }));
  const placed = rows.filter(({ at }) => isPlaced(at));
  const far = placed.map(({ at: a }) => [...placed.map(({ at: b }) => distanceM(/** @type {Row} */ (a),
    /** @type {Row} */ (b))), 0]); // the last is home, which nobody knows: no way at all
  const minutes = [...far, placed.map(() => 0).concat(0)];
  const { order } = orderQuickly({ minutes, stops: placed.map(() => ({ visit: 0, open: null })),
    day: { from: 0, to: 1e12, lunch: null } });
  if (order.indexOf(0) > (order.length - 1) / 2) order.reverse(); // as long the other way round
  const length = (/** @type {number[]} */ way) =>
    way.slice(1).reduce((sum, node, i) => sum + minutes[way[i]][node], 0);
  const saved_m = length(placed.map((_, i) => i)) - length(order);
  if (saved_m < WORTH_M) return null;
  return { ids: [...order.map((i) => placed[i].id), ...rows.filter(({ at }) => !isPlaced(at)).map(({ id }) => id)],
    saved_m };
}

/**
 * What each store is owed: visits agreed for four weeks, made in the last four, planned in the
 * next four, and the debt: agreed less made, at least none. Those owed most come first.
 * @param {{ stores: Row[], visits: Row[], stops: Row[], today: string,
 *   day_of: (visit: Row) => string | null }} known
 */
export function frequency({ stores, visits, stops, today, day_of }) {
  const since = addDays(today, -CYCLE_DAYS);
  const until = addDays(today, CYCLE_DAYS);
  /** @type {Map<string, Set<string>>} */
  const made = new Map();
  /** @type {Map<string, string>} */
  const last = new Map();
  for (const row of visits) {
    const day = row.state === "done" || row.state === "started" ? day_of(row) : null;
    if (!day) continue;
    if (day > (last.get(row.store) ?? "")) last.set(row.store, day);
    if (day > since && day <= today) made.set(row.store, (made.get(row.store) ?? new Set()).add(day));
  }
  const ahead = stops.filter((row) => isOnPlan(row) && row.day >= today && row.day < until);
  const rows = stores.filter((row) => row.code && !LEFT_OUT.has(row.status)).map((row) => {
    const agreed = row.visits_per_4w ?? 0;
    const done = made.get(row.id)?.size ?? 0;
    const seen = last.get(row.id) ?? null;
    return { store: storeLine(row), agreed, made: done, debt: Math.max(0, agreed - done),
      planned: ahead.filter((stop) => stop.store === row.id).length, last_on: seen,
      days_ago: seen ? daysBetween(seen, today) : null };
  });
  const far = (/** @type {Row} */ one) => one.days_ago ?? Infinity;
  return rows.sort((a, b) => b.debt - a.debt || far(b) - far(a) ||
    (String(a.store.name) < String(b.store.name) ? -1 : 1));
}
