// @ts-check
// How far a rep has come towards the target of the period, as plain data. What counts is net sales:
// orders for sale that stand, less what stores gave back. How far one should be by now goes by the
// rep's working days, which the target brings: neither leave nor holidays are known here.

import { isIn, isSale, stands } from "./numbers.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("./numbers.js").Span} Span */

/** The target of a rep that holds on a day; null when none is set. Of two the one that began last.
 * @param {Row[]} targets @param {string} rep @param {string} day @returns {Row | null} */
export function targetOn(targets, rep, day) {
  return targets
    .filter((row) => row.rep === rep && row.state === "set" &&
      isIn(day, { first: row.first_day, last: row.last_day }))
    .sort((a, b) => (a.first_day < b.first_day ? 1 : -1))[0] ?? null;
}

/**
 * What a rep sold in a span of days, in minor units, and what of it came back.
 * @param {Row[]} orders of this rep only @param {Span} span
 * @param {(row: Row) => string | null} day_of
 */
export function netSold(orders, span, day_of) {
  let sold_minor = 0;
  let back_minor = 0;
  for (const row of orders) {
    if (!stands(row) || !isIn(day_of(row), span)) continue;
    const minor = Math.abs(row.net_minor ?? 0); // returns of orders loaded from files are negative
    if (row.type === "return") back_minor += minor;
    else if (isSale(row)) sold_minor += minor;
  }
  return { sold_minor, back_minor, net_minor: sold_minor - back_minor };
}

/**
 * How far that is. Days before today have passed; today and those after it are left to sell on.
 * Shares are whole percents: what is reached is rounded down, so that 100 means all of it.
 * @param {Row} target @param {number} net_minor @param {string} today
 */
export function progress(target, net_minor, today) {
  const whole_minor = target.net_minor;
  /** @type {string[]} */
  const worked = target.working_days;
  const days = worked.length;
  const passed = worked.filter((day) => day < today).length;
  const left = days - passed;
  const missing_minor = Math.max(0, whole_minor - net_minor);
  const expected_minor = days ? Math.round((whole_minor * passed) / days) : null;
  return {
    whole_minor, net_minor, days, passed, left, missing_minor, expected_minor,
    over_minor: Math.max(0, net_minor - whole_minor),
    reached: Math.max(0, Math.floor((net_minor * 100) / whole_minor)),
    expected: days ? Math.round((passed * 100) / days) : null,
    ahead_minor: expected_minor === null ? null : net_minor - expected_minor,
    per_day_minor: left && missing_minor ? Math.ceil(missing_minor / left) : null,
  };
}
