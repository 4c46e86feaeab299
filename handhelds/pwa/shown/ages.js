// @ts-check
// How old a copy is, and when that is too old to order by unasked.

/** What a screen says of a copy's age; `age_s` null: it was never fetched.
 * @typedef {{ as_of: string | null, age_s: number | null }} Age */

/** From when on an order by such a copy is asked about: stock is of the day, money is slower. */
export const ASKED_AFTER_S = { stock: 24 * 3600, receivable: 3 * 24 * 3600 };

/** @param {string | null | undefined} as_of @param {number} now_ms @returns {Age} */
export function age(as_of, now_ms) {
  if (!as_of) return { as_of: null, age_s: null };
  return { as_of, age_s: Math.max(0, Math.round((now_ms - Date.parse(as_of)) / 1000)) };
}

/** Copies that are too old to order by without being asked once.
 * @param {Record<string, string | null | undefined>} as_of @param {number} now_ms */
export function tooOld(as_of, now_ms) {
  return Object.entries(ASKED_AFTER_S)
    .filter(([what, most_s]) => (age(as_of[what], now_ms).age_s ?? 0) > most_s)
    .map(([what]) => what);
}
