// @ts-check
// Goods of a delivered order that go back, as plain data: what may, what was chosen, what it comes to.

import { ratiosBack } from "../counted.js";
import { DELIVERED, linesNow } from "../orders.js";
import { grossMinor, minorDigits } from "../terms/price.js";
import { unitFor } from "./order.js";

/** @typedef {Record<string, any>} Row */
/** What goes back of each product, in pieces, and the unit it was typed in.
 * @typedef {Record<string, { quantity: number, uom: string }>} Chosen */

/** Whether goods of an order may be given back, as far as is known here. @param {Row} order */
export const mayGoBack = (order) => (order.type ?? "sale") === "sale" &&
  DELIVERED.has(order.state) && linesNow(order).some((line) => line.delivered > 0);

/** The units goods may come back by, the smallest first: all that the product is counted in which
 * are whole pieces, and always the piece, however many are sold at once.
 * @param {Row | null} product @returns {import("./order.js").Unit[]} */
export const unitsBack = (product) =>
  Array.from(ratiosBack(product ?? {}), ([uom, [num, den]]) => ({ uom, each: num / den }))
    .filter(({ each }) => each >= 1 && Number.isInteger(each))
    .sort((one, other) => one.each - other.each);

/** Products of an order with what came of each and what may still go back.
 * @param {Row} order @param {Map<string, number>} may @param {(code: string) => Row | null} product */
export function linesBack(order, may, product) {
  /** @type {Map<string, Row>} */
  const found = new Map();
  for (const { product: code, delivered, unit_price } of linesNow(order)) {
    const row = product(code);
    const there = found.get(code);
    if (there) there.came += delivered ?? 0;
    else if (delivered) {
      found.set(code, { product: code, row, name: row?.name ?? code, came: delivered, unit_price,
        may: may.get(code) ?? 0, units: unitsBack(row) });
    }
  }
  return [...found.values()];
}

/** So much of a product goes back: never more than may. @param {Chosen} chosen @param {Row} line
 * @param {number} quantity @param {string} [uom] @returns {Chosen} */
export function put(chosen, line, quantity, uom = "") {
  const whole = Math.min(line.may, Math.max(0, Math.trunc(quantity) || 0));
  const { [line.product]: _, ...others } = chosen;
  return whole ? { ...others, [line.product]: { quantity: whole, uom } } : others;
}

/** All that may. @param {Row[]} lines @returns {Chosen} */
export const everything = (lines) =>
  lines.reduce((chosen, line) => put(chosen, line, line.may), /** @type {Chosen} */ ({}));

/** As the verb takes it. @param {Row[]} lines @param {Chosen} chosen */
export function wantedBack(lines, chosen) {
  return lines.filter((line) => chosen[line.product]).map(({ product, units }) => {
    const { quantity, uom } = chosen[product];
    const unit = unitFor(units, quantity, uom) ?? { uom: "each", each: 1 };
    return { product, uom: unit.uom, typed: String(quantity / unit.each) };
  });
}

/** What the goods cost, in minor units: at the price they were sold at.
 * @param {Row[]} lines @param {Chosen} chosen @param {string} currency */
export function worthMinor(lines, chosen, currency) {
  const digits = minorDigits(currency);
  return lines.reduce((sum, { product, unit_price }) => chosen[product]
    ? sum + grossMinor(chosen[product].quantity, unit_price, digits) : sum, 0);
}
