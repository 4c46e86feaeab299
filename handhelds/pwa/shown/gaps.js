// @ts-check
// Must-stock products missing from a store's shelf when it was last looked at, counted.

import { mustStock } from "../terms/must_stock.js";
import { gaps } from "./store.js";

/** @typedef {Record<string, any>} Row */

/**
 * @param {import("./catalogue.js").Catalogue} catalogue @param {string} day
 * @returns {(store: Row, cards: Row[]) => number}
 */
export function gapsIn(catalogue, day) {
  const listed = catalogue.pulled("must_stock").map((row) => /** @type {any} */ ({
    ...row, valid_to: row.valid_to || null }));
  return (store, cards) => {
    const must = mustStock(listed, day, /** @type {any} */ (store));
    return gaps([...must.keys()], cards).length;
  };
}
