// @ts-check
/**
 * What tax comes on top of an order: prices are net, tax is added class by class.
 *
 * A product has a tax class, a class has dated rates. The nets of all lines of a class are summed
 * first and the tax is worked out on the sum, rounded half up once for each class: so it is what a
 * tax office works out from the invoice, and lines never carry cents of rounding. Tax decides
 * nothing about an order; credit and budgets look at nets.
 */

import { byText } from "./compare.js";
import { byValue, fraction, ratioHalfUp, whole } from "./quantity.js";

/**
 * A rate of a class, in percent (a decimal): from `valid_from` until and with `valid_to`.
 * @typedef {object} TaxRate
 * @property {string} tax_class
 * @property {string} percent
 * @property {string} valid_from
 * @property {string | null} valid_to
 */

/**
 * The tax of one class. `percent` and `tax_minor` null = nobody gave a rate for the day.
 * @typedef {object} Tax
 * @property {string} tax_class
 * @property {string | null} percent
 * @property {number} net_minor
 * @property {number | null} tax_minor
 */

/**
 * The rate of a class on a day; of several the one that began last.
 * @param {Iterable<TaxRate>} rates
 * @param {string} tax_class
 * @param {string} day
 * @returns {string | null}
 */
export function rateAt(rates, tax_class, day) {
  /** @type {TaxRate | null} */
  let best = null;
  for (const one of rates) {
    if (
      one.tax_class === tax_class &&
      one.valid_from <= day &&
      (one.valid_to === null || day <= one.valid_to) &&
      (best === null ||
        one.valid_from > best.valid_from ||
        (one.valid_from === best.valid_from && byValue(one.percent, best.percent) > 0))
    ) {
      best = one;
    }
  }
  return best === null ? null : best.percent;
}

/**
 * Tax on a net amount in minor units, rounded half up, away from zero (returns too).
 * @param {number} net_minor
 * @param {string} percent
 * @returns {number}
 */
export function taxMinor(net_minor, percent) {
  const { num, den } = fraction(percent);
  return whole(ratioHalfUp(BigInt(net_minor) * num, den * 100n));
}

/**
 * The tax of lines of [tax class, net in minor units], a row for each class, by its name.
 *
 * A line without a class has no tax. Whoever adds the rows up knows the total only where no row has
 * an unknown rate.
 * @param {Iterable<readonly [tax_class: string | null, net_minor: number]>} lines
 * @param {Iterable<TaxRate>} rates
 * @param {string} day
 * @returns {Tax[]}
 */
export function taxes(lines, rates, day) {
  /** @type {Map<string, number>} */
  const nets = new Map();
  for (const [tax_class, net_minor] of lines) {
    if (tax_class !== null) nets.set(tax_class, (nets.get(tax_class) ?? 0) + net_minor);
  }
  const known = [...rates];
  return [...nets]
    .sort(([one], [other]) => byText(one, other))
    .map(([tax_class, net_minor]) => {
      const percent = rateAt(known, tax_class, day);
      const tax_minor = percent === null ? null : taxMinor(net_minor, percent);
      return { tax_class, percent, net_minor, tax_minor };
    });
}
