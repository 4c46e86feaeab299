// @ts-check
/**
 * What must be on the shelf of a store: the must-stock lists that speak of it, joined.
 *
 * A row of a list speaks of a banner, of a channel, of a class, of channel and class, or of every
 * store, from a day until a day. A product may be named by several: the row of the banner wins (it
 * was agreed with the head office), then channel with class, channel, class, everybody; of equals
 * the one that began later, and then the one that asks for more.
 */

import { byParts } from "./compare.js";

/**
 * One row of a list. null in a scope = whichever; `valid_to` is the last day, null = open.
 * @typedef {object} Listed
 * @property {string} product
 * @property {number | null} min_facings
 * @property {string | null} banner
 * @property {string | null} channel
 * @property {string | null} store_class
 * @property {string} valid_from
 * @property {string | null} valid_to
 */

/** @typedef {import("./price.js").Keys} Keys */

/**
 * Whether a row holds for such a store on this day.
 * @param {Listed} row
 * @param {string} day
 * @param {Keys} store
 * @returns {boolean}
 */
export function speaksOf(row, day, store) {
  return (
    row.valid_from <= day &&
    (row.valid_to === null || day <= row.valid_to) &&
    (row.banner === null || row.banner === store.banner) &&
    (row.channel === null || row.channel === store.channel) &&
    (row.store_class === null || row.store_class === store.store_class)
  );
}

/**
 * Product -> facings it must have, at least 1, in such a store on this day.
 * @param {Iterable<Listed>} rows
 * @param {string} day
 * @param {Keys} store
 * @returns {Map<string, number>}
 */
export function mustStock(rows, day, store) {
  /** @type {Map<string, [number, string, number]>} */
  const strongest = new Map();
  for (const row of rows) {
    if (!speaksOf(row, day, store)) continue;
    /** @type {[number, string, number]} */
    const rank = [strength(row), row.valid_from, Math.max(1, row.min_facings ?? 1)];
    const there = strongest.get(row.product);
    if (there === undefined || byParts(rank, there) > 0) strongest.set(row.product, rank);
  }
  return new Map([...strongest].map(([product, [, , facings]]) => [product, facings]));
}

/**
 * How narrowly a row speaks: banner above channel above class; together they add up.
 * @param {Listed} row
 * @returns {number}
 */
function strength(row) {
  return (
    4 * Number(row.banner !== null) +
    2 * Number(row.channel !== null) +
    Number(row.store_class !== null)
  );
}
