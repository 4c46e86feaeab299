// @ts-check
// What was typed of a product, in pieces: the units it is ordered by, and those it may come back by.

import { Refused } from "./refused.js";
import { parts } from "./stored/columns.js";
import { eachOf } from "./terms/quantity.js";

/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./terms/quantity.js").Ratio} Ratio */

/** A line as typed: 2 cases of 20041.
 * @typedef {{ product: string, typed: string, uom?: string }} Wanted */

/** The most pieces that a line takes. */
export const MOST_PIECES = 1_000_000;

/**
 * The units a product is ordered by: name -> each of one; "each" when it names none.
 * @param {Row} product
 * @returns {Map<string, Ratio>}
 */
export function ratiosOf(product) {
  /** @type {Map<string, Ratio>} */
  const found = new Map();
  for (const one of parts("product", "uoms", product.uoms)) {
    if (one.orderable ?? true) found.set(one.uom, [one.num, one.den]);
  }
  return found.size > 0 ? found : new Map([["each", [1, 1]]]);
}

/** The units a product may come back by: all it is counted in, and always the piece, for a case is
 * open by then.
 * @param {Row} product @returns {Map<string, Ratio>} */
export function ratiosBack(product) {
  /** @type {Map<string, Ratio>} */
  const found = new Map([["each", [1, 1]]]);
  for (const one of parts("product", "uoms", product.uoms)) found.set(one.uom, [one.num, one.den]);
  return found;
}

/** What was typed, as it travels, and how many pieces it is; Refused where it is no number of whole
 * pieces of a unit.
 * @param {Row} product @param {Wanted} wanted @param {Map<string, Ratio>} ratios */
export function pieces({ name }, { typed: keys, uom = "each" }, ratios) {
  const typed = keys.replace(/^0+(?=[0-9])/, ""); // keys let zeros through, the wire does not
  const ratio = ratios.get(uom);
  if (ratio === undefined) {
    const units = [...ratios.keys()].sort().join(", ");
    throw new Refused("refused.no_unit", { name, uom, units });
  }
  const quantity = each(typed, ratio);
  if (quantity !== null && quantity > MOST_PIECES) {
    throw new Refused("refused.too_many", { name, most: MOST_PIECES });
  }
  if (!quantity) throw new Refused("refused.not_whole", { name, typed, uom });
  return { uom, typed, quantity };
}

/** Pieces in what was typed; more than any line takes where that is beyond all counting.
 * @param {string} typed @param {Ratio} ratio */
function each(typed, ratio) {
  try {
    return eachOf(typed, ratio);
  } catch (trouble) {
    if (trouble instanceof RangeError) return Infinity;
    throw trouble;
  }
}
