// @ts-check
/**
 * What a store owes: exposure against its limit, and how old its debt is.
 *
 * Exposure = open items + accepted orders not invoiced yet - money on account. All in minor units
 * of one currency.
 */

import { daysBetween } from "./day.js";

/** Ageing, in days past due. */
export const BUCKETS = /** @type {const} */ (["not_due", "1_30", "31_60", "61_90", "over_90"]);

/** @typedef {(typeof BUCKETS)[number]} Bucket */
/** @typedef {Record<Bucket, number>} Ageing minor units by bucket */

/**
 * [open, on account] of a store's items, given as [kind, open minor units].
 *
 * Credit notes are negative and lower what is open. A cheque pending stands in the place of the
 * invoices it is to pay and stays open until the bank has paid: it lowers nothing.
 * @param {Iterable<readonly [kind: string, open_minor: number]>} items
 * @returns {[number, number]}
 */
export function sumsMinor(items) {
  let owed = 0;
  let onAccount = 0;
  for (const [kind, open_minor] of items) {
    if (kind === "on_account") onAccount += open_minor;
    else owed += open_minor;
  }
  return [owed, onAccount];
}

/**
 * What the firm stands to lose if the store never paid again.
 * @param {number} open_minor
 * @param {number} ordered_minor
 * @param {number} on_account_minor
 * @returns {number}
 */
export function exposureMinor(open_minor, ordered_minor, on_account_minor) {
  return open_minor + ordered_minor - on_account_minor;
}

/**
 * Whether `more_minor` on top of the exposure goes over the limit; reaching it does not.
 *
 * null = no limit.
 * @param {number | null} limit_minor
 * @param {number} exposure_minor
 * @param {number} more_minor
 * @returns {boolean}
 */
export function exceeds(limit_minor, exposure_minor, more_minor) {
  return limit_minor !== null && exposure_minor + more_minor > limit_minor;
}

/**
 * What may still be ordered, at least 0; null = no limit.
 * @param {number | null} limit_minor
 * @param {number} exposure_minor
 * @returns {number | null}
 */
export function roomMinor(limit_minor, exposure_minor) {
  return limit_minor === null ? null : Math.max(0, limit_minor - exposure_minor);
}

/**
 * The bucket of an item; on its due day it is not due yet.
 * @param {string} due_on
 * @param {string} today
 * @returns {Bucket}
 */
export function bucketOf(due_on, today) {
  const late_days = daysBetween(due_on, today);
  if (late_days <= 0) return "not_due";
  return BUCKETS[Math.min(1 + Math.floor((late_days - 1) / 30), 4)] ?? "over_90";
}

/**
 * Open amounts [due day, minor units] by bucket, all five of them, in order.
 * @param {Iterable<readonly [due_on: string, open_minor: number]>} items
 * @param {string} today
 * @returns {Ageing}
 */
export function ageing(items, today) {
  /** @type {Ageing} */
  const sums = { not_due: 0, "1_30": 0, "31_60": 0, "61_90": 0, over_90: 0 };
  for (const [due_on, open_minor] of items) sums[bucketOf(due_on, today)] += open_minor;
  return sums;
}

/**
 * The part of an ageing that is past due.
 * @param {Ageing} buckets
 * @returns {number}
 */
export function overdueMinor(buckets) {
  return BUCKETS.reduce((sum, name) => sum + (name === "not_due" ? 0 : buckets[name]), 0);
}
