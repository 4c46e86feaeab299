// @ts-check
// Quantities as people say them (2 cases, 1 case + 3 pieces) and prices with all their digits.

import { currency, has, language, t } from "../speech.js";
import { unitsOf } from "../shown/order.js";

/** So many of a unit. @param {number} n @param {string} uom */
export const unitWords = (n, uom) => (has(`typed.${uom}`) ? t(`typed.${uom}`, { n }) : `${n} ${uom}`);

/** A unit's name by itself. @param {string} uom */
export const unitName = (uom) => (has(`unit.${uom}`) ? t(`unit.${uom}`) : uom);

/** Pieces in the biggest unit and what is left over: by the piece, where no unit is that small.
 * @param {any} product @param {number} quantity */
export function amountWords(product, quantity) {
  const units = unitsOf(product);
  const big = units.at(-1);
  const small = units[0];
  if (!big || !small) return unitWords(quantity, "each");
  const many = Math.floor(quantity / big.each);
  const rest = quantity - many * big.each;
  const left = rest % small.each === 0 ? unitWords(rest / small.each, small.uom) : unitWords(rest, "each");
  if (!many) return left;
  return rest ? `${unitWords(many, big.uom)} + ${left}` : unitWords(many, big.uom);
}

/** @type {Map<string, Intl.NumberFormat>} */
const forms = new Map();

/** A price of one piece, a decimal text, with two to four digits. @param {string | null} price */
export function priceWords(price) {
  if (price === null) return t("pad.no_price");
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  const key = `${locale} ${currency.value}`;
  let form = forms.get(key);
  if (!form) {
    form = new Intl.NumberFormat(locale, { style: "currency", currency: currency.value,
      currencyDisplay: "narrowSymbol", maximumFractionDigits: 4 });
    forms.set(key, form);
  }
  return form.format(/** @type {any} */ (price));
}
