// @ts-check
/**
 * Which delivery day is still open: cut-off times of a store, in the store's own time zone.
 *
 * Orders for a delivery day close `lead_days` calendar days before it at a time of the clock on the
 * store's wall. An order exactly on the cut-off is in time.
 */

import { addDays, dayText, isoWeekday, offsetMs, onWall } from "./day.js";

/** How far ahead a next delivery day is looked for. */
export const SEARCHED_DAYS = 60;

/**
 * When a store's delivery days close; `weekdays` are ISO (Monday 1), empty = every day.
 * @typedef {object} Closing
 * @property {string} at HH:MM on the store's wall
 * @property {number} lead_days
 * @property {readonly number[]} weekdays
 * @property {readonly string[]} [closed_on]
 */

/**
 * The date on the store's wall.
 * @param {number} now_us
 * @param {string} zone
 * @returns {string}
 */
export function localDay(now_us, zone) {
  const now_ms = Math.floor(now_us / 1000);
  return dayText(Math.floor((now_ms + offsetMs(zone, now_ms)) / 86_400_000));
}

/**
 * Whether the store is delivered to on this day at all.
 * @param {string} day
 * @param {Closing} closing
 * @returns {boolean}
 */
export function isDeliveryDay(day, closing) {
  return (
    (closing.weekdays.length === 0 || closing.weekdays.includes(isoWeekday(day))) &&
    !(closing.closed_on ?? []).includes(day)
  );
}

/**
 * The last moment at which an order for this delivery day is in time.
 * @param {string} day
 * @param {Closing} closing
 * @param {string} zone
 * @returns {number}
 */
export function closesAt(day, closing, zone) {
  return onWall(addDays(day, -closing.lead_days), closing.at, zone);
}

/**
 * Whether it is too late to order for this day.
 * @param {string} day
 * @param {Closing} closing
 * @param {string} zone
 * @param {number} now_us
 * @returns {boolean}
 */
export function hasClosed(day, closing, zone, now_us) {
  return day < localDay(now_us, zone) || now_us > closesAt(day, closing, zone);
}

/**
 * The first delivery day from `day` on that is still open; null = none in SEARCHED_DAYS.
 * @param {string} day
 * @param {Closing} closing
 * @param {string} zone
 * @param {number} now_us
 * @returns {string | null}
 */
export function nextDeliveryDay(day, closing, zone, now_us) {
  const today = localDay(now_us, zone);
  const first = day > today ? day : today;
  for (let ahead = 0; ahead < SEARCHED_DAYS; ahead += 1) {
    const one = addDays(first, ahead);
    if (isDeliveryDay(one, closing) && !hasClosed(one, closing, zone, now_us)) return one;
  }
  return null;
}
