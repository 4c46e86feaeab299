// @ts-check
// The rep's own numbers, as plain data: the period to date against the one before, what visits
// bring, what is missing on shelves, and the trend. All of it from this handheld's own copy; each
// figure carries the n it was made of, and one that nothing is known of is null, not nought.

import { addDays, daysBetween } from "../terms/day.js";
import { parts } from "../stored/columns.js";
import { UNTAKEN } from "../stored/work.js";
import { withVisits } from "./plan.js";
import { newestFirst } from "./store.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {{ first: string, last: string, year?: number, no?: number }} Span */
/** A figure and what it was made of. @typedef {{ value: number | null, n: number }} Figure */

const NOT_SOLD = new Set(["rejected", "cancelled"]);
const CAME = new Set(["delivered", "part_delivered", "invoiced", "closed"]);
const LEFT_OUT = new Set(["closed", "merged", "pending"]);
export const TREND_PERIODS = 13;
const WEEK = 7;

/** The period of a day; without a calendar that of the rep's target, else the month.
 * @param {Row[]} periods @param {string} day
 * @param {{ first_day: string, last_day: string } | Row | null} [target] that holds on the day
 * @returns {Span} */
export function periodOf(periods, day, target = null) {
  const found = periods.find((row) => row.first_day <= day && day <= row.last_day);
  if (found) {
    return { first: found.first_day, last: found.last_day, year: found.year, no: found.no };
  }
  if (target) return { first: target.first_day, last: target.last_day };
  const first = `${day.slice(0, 7)}-01`;
  const next = addDays(`${addDays(first, 31).slice(0, 7)}-01`, -1);
  return { first, last: next };
}

/** The period before one, as long into it as today is into this one, so that both may be compared.
 * Where targets say what the periods are, the days before this one, as many as it has.
 * @param {Row[]} periods @param {Span} now @param {string} today @param {Row | null} [target]
 * @returns {Span} */
export function before(periods, now, today, target = null) {
  const eve = addDays(now.first, -1);
  const first_day = addDays(now.first, -1 - daysBetween(now.first, now.last));
  const whole = periodOf(periods, eve, target && { first_day, last_day: eve });
  const last = addDays(whole.first, daysBetween(now.first, today));
  return { ...whole, last: last < whole.last ? last : whole.last };
}

/** @param {string | null} day @param {Span} span */
export const isIn = (day, span) => day !== null && span.first <= day && day <= span.last;

/** @param {number} top @param {number} n @returns {Figure} hundredths of a percent are rounded away */
const percent = (top, n) => ({ value: n ? Math.round((top * 1000) / n) / 10 : null, n });

/** @param {number} sum @param {number} n @param {number} [digits] @returns {Figure} */
function mean(sum, n, digits = 0) {
  const size = 10 ** digits;
  return { value: n ? Math.round((sum / n) * size) / size : null, n };
}

/** What the store owes for, delivered later or from the van. @param {Row} order */
export const isSale = (order) => ["sale", "van"].includes(order.type ?? "sale");

/** Orders for sale that stand. @param {Row[]} orders */
const sold = (orders) => orders.filter((row) => isSale(row) && stands(row));

/** Whether an order stands. One that the server has stands also while a change of it is refused.
 * @param {Row} order */
export const stands = (order) => !NOT_SOLD.has(order.state) &&
  (order.outcome !== "rejected" || order.version > 0);

/** What of an order came, in minor units: each line's net by the share that was delivered.
 * @param {Row} order */
function deliveredMinor(order) {
  return parts("order", "lines", order.lines).reduce((sum, line) => sum +
    (line.ordered ? Math.round((line.net_minor * (line.delivered ?? 0)) / line.ordered) : 0), 0);
}

/**
 * What a rep's visits and orders came to in a span of days.
 * @param {{ visits: Row[], orders: Row[], stops: Row[], span: Span,
 *   day_of: (row: Row) => string | null }} known rows of this rep only
 */
export function worked({ visits, orders, stops, span, day_of }) {
  const made = visits.filter((row) => row.state === "done" && isIn(day_of(row), span));
  const taken = sold(orders).filter((row) => isIn(day_of(row), span));
  const with_order = new Set(taken.map((row) => row.visit).filter(Boolean));
  // An order that names no visit (it was taken before the visit was begun) counts for a visit of
  // its store on its day.
  const loose = new Set(taken.filter((row) => !row.visit).map((row) => `${row.store} ${day_of(row)}`));
  const productive = made.filter((row) =>
    with_order.has(row.id) || loose.has(`${row.store} ${day_of(row)}`));
  const ids = new Set(productive.map((row) => row.id));
  const days = new Set(productive.map((row) => `${row.store} ${day_of(row)}`));
  const lines = taken
    .filter((row) => (row.visit ? ids.has(row.visit) : days.has(`${row.store} ${day_of(row)}`)))
    .reduce((sum, row) => sum + (row.lines ?? []).length, 0);
  const ordered_minor = taken.reduce((sum, row) => sum + (row.net_minor ?? 0), 0);
  const came = orders.filter((row) => isSale(row) && CAME.has(row.state) &&
    isIn(row.deliver_on, span));
  // A wish that is on no plan but this handheld's counts only once it was made.
  const due = withVisits(stops.filter((row) => isIn(row.day, span)), visits)
    .filter((row) => row.state === "done" || !UNTAKEN.has(row.outcome));
  return {
    visits: made.length,
    orders: taken.length,
    ordered_minor,
    stores: new Set(made.map((row) => row.store)).size,
    strike_rate: percent(productive.length, made.length),
    lines_per_call: mean(lines, productive.length, 1),
    drop_ordered: mean(ordered_minor, taken.length),
    drop_delivered: mean(came.reduce((sum, row) => sum + deliveredMinor(row), 0), came.length),
    plan_kept: percent(due.filter((row) => row.state === "done").length, due.length),
  };
}

/** The newest card of each store in a span. @param {Row[]} cards @param {Span} span
 * @param {(row: Row) => string | null} day_of @returns {Map<string, Row>} */
function latest(cards, span, day_of) {
  /** @type {Map<string, Row>} */
  const found = new Map();
  for (const card of newestFirst(cards)) {
    if (isIn(day_of(card), span) && !found.has(card.store)) found.set(card.store, card);
  }
  return found;
}

/**
 * What is missing on shelves, by each store's latest card of the span; a store without one is
 * unknown, never "no".
 * @param {{ stores: Row[], cards: Row[], span: Span, day_of: (row: Row) => string | null,
 *   must: (store: Row) => string[], name_of: (code: string) => string }} known
 */
export function shelves({ stores, cards, span, day_of, must, name_of }) {
  const active = stores.filter((row) => row.code && !LEFT_OUT.has(row.status));
  const seen = latest(cards, span, day_of);
  /** @type {Map<string, { product: string, needed: number, missing: Row[] }>} */
  const gaps = new Map();
  let needed = 0;
  let there = 0;
  let listed = 0;
  let out = 0;
  for (const store of active) {
    const card = seen.get(store.id);
    if (!card) continue;
    const lines = parts("card", "lines", card.lines);
    const on_shelf = new Set(lines.filter((one) => one.on_shelf).map((one) => one.product));
    listed += lines.filter((one) => one.listed ?? true).length;
    out += lines.filter((one) => one.out_of_stock).length;
    for (const code of must(store)) {
      const gap = gaps.get(code) ?? { product: code, needed: 0, missing: [] };
      gap.needed += 1;
      needed += 1;
      if (on_shelf.has(code)) there += 1;
      else gap.missing.push({ id: store.id, code: store.code, name: store.name });
      gaps.set(code, gap);
    }
  }
  const known = active.filter((row) => seen.has(row.id)).length;
  const worst = [...gaps.values()].filter((one) => one.missing.length)
    .sort((a, b) => b.missing.length - a.missing.length || (a.product < b.product ? -1 : 1))
    .map((one) => ({ ...one, name: name_of(one.product) }));
  return {
    stores: active.length,
    with_card: known,
    must_stock: percent(there, needed),
    out_of_stock: percent(out, listed),
    gaps: worst,
  };
}

/**
 * Ordered value period by period, the oldest first, the present one last (and not over yet).
 * Without a calendar of periods, week by week.
 * @param {{ periods: Row[], orders: Row[], today: string, day_of: (row: Row) => string | null }} known
 */
export function trend({ periods, orders, today, day_of }) {
  const begun = periods.filter((row) => row.first_day <= today)
    .sort((a, b) => (a.first_day < b.first_day ? -1 : 1)).slice(-TREND_PERIODS);
  const spans = begun.length > 1
    ? begun.map((row) => ({ first: row.first_day, last: row.last_day, no: row.no }))
    : Array.from({ length: TREND_PERIODS }, (_, n) => {
      const last = addDays(today, -WEEK * (TREND_PERIODS - 1 - n));
      return { first: addDays(last, 1 - WEEK), last, no: null };
    });
  const rows = sold(orders).map((row) => ({ day: day_of(row), minor: row.net_minor ?? 0 }));
  const points = spans.map((span) => {
    const mine = rows.filter((row) => isIn(row.day, span));
    return { ...span, minor: mine.reduce((sum, row) => sum + row.minor, 0), n: mine.length };
  });
  // Before the first order this handheld knows of nothing is known: no line of noughts.
  const first = points.findIndex((one) => one.n > 0);
  return { by: begun.length > 1 ? "period" : "week", points: first < 0 ? [] : points.slice(first) };
}
