// @ts-check
/**
 * What to order: a suggestion a rep can check on paper, because it hands out its arithmetic.
 *
 * By offtake, when the last visit's stock is known:
 *     offtake = last stock + delivered since - stock now, per day of the days between
 *     need    = offtake per day x (days to the next visit + lead days) x 1.5
 * By rule 1.5, when it is not: need = sales per week x 1.5, where a slow mover's sales per week are
 * a fraction: one piece in a quarter of a year is not nothing.
 * Then: short = need - stock in the store - on the way; cases = short / case, rounded up, at least
 * 0.
 *
 * A gap on a must-stock list is filled whatever was sold: at least as many pieces as it must have
 * facings, less what is in the store or on the way, in whole cases.
 *
 * What is on the way counts as stock, or a second visit before the lorry would order twice. A
 * negative offtake says that a count or a delivery is wrong: it is flagged, and rule 1.5 is used.
 * Last, the product's own minimum and multiple are kept.
 */

import { floorOf, isAllowed, raiseToAllowed, ratioHalfUp, whole } from "./quantity.js";

/** @typedef {import("./quantity.js").Fraction} Fraction */

/**
 * What is known of one product in one store. Quantities in each; null = not known.
 *
 * `sold` in the last `sold_weeks` weeks. `gap_facings`: the facings a must-stock product should
 * have and was not seen with at all; 0 = no gap.
 * @typedef {object} Shelf
 * @property {number} case
 * @property {number} stock_now
 * @property {number} [on_the_way]
 * @property {number} [days_to_next]
 * @property {number} [lead_days]
 * @property {number | null} [last_stock]
 * @property {number} [delivered]
 * @property {number | null} [days_since]
 * @property {number | null} [sold]
 * @property {number} [sold_weeks]
 * @property {number} [gap_facings]
 * @property {number} [minimum]
 * @property {number} [multiple]
 */

/**
 * One line of the arithmetic: what it is, how it was worked out, and the figure.
 * @typedef {{ name: string, how: string, value: string }} Step
 */

/**
 * What to order. `method` is offtake, rule_1_5, must_stock (by the gap alone) or unknown; `flag`
 * says that a figure looks wrong. `quantity` is `cases` cases, or more where the product's minimum
 * or multiple asks for it.
 * @typedef {object} Suggestion
 * @property {number} cases
 * @property {number} quantity
 * @property {string} method
 * @property {Step[]} steps
 * @property {string | null} flag
 */

/** What a shelf that says no more is like. */
const BARE = {
  on_the_way: 0, days_to_next: 7, lead_days: 0, last_stock: null, delivered: 0, days_since: null,
  sold: null, sold_weeks: 1, gap_facings: 0, minimum: 1, multiple: 1,
};

/**
 * Suggest an order for one product in one store, in whole cases.
 * @param {Shelf} known
 * @returns {Suggestion}
 */
export function suggest(known) {
  /** @type {Required<Shelf>} */
  const shelf = { ...BARE, ...known };
  /** @type {Step[]} */
  const steps = [];
  const needed = needOf(shelf, steps);
  const { need, flag } = needed;
  let { method } = needed;
  const there = BigInt(shelf.stock_now + shelf.on_the_way);
  const less = `${shelf.stock_now} - ${shelf.on_the_way}`;
  /** @type {Fraction | null} */
  let short = null;
  if (need !== null) {
    short = { num: need.num - there * need.den, den: need.den };
    steps.push({ name: "short", how: `${shown(need)} - ${less}`, value: shown(short) });
  }
  if (shelf.gap_facings !== 0) {
    const gap = { num: BigInt(shelf.gap_facings) - there, den: 1n };
    steps.push({ name: "gap", how: `${shelf.gap_facings} - ${less}`, value: shown(gap) });
    if (short === null || gap.num * short.den > short.num) [short, method] = [gap, "must_stock"];
  }
  if (short === null) return { cases: 0, quantity: 0, method, steps, flag };
  const up = -floorOf(-short.num, short.den * BigInt(shelf.case));
  const cases = up > 0n ? whole(up) : 0;
  steps.push({ name: "cases", how: `${shown(short)} / ${shelf.case}`, value: String(cases) });
  return { cases, quantity: allowed(shelf, cases, steps), method, steps, flag };
}

/** @typedef {{ method: string, need: Fraction | null, flag: string | null }} Need */

/**
 * How it is worked out, eaches needed until the visit after the next, what looks wrong.
 * @param {Required<Shelf>} shelf
 * @param {Step[]} steps
 * @returns {Need}
 */
function needOf(shelf, steps) {
  const byOfftake = needByOfftake(shelf, steps);
  if (byOfftake !== null && byOfftake.num >= 0n) {
    return { method: "offtake", need: byOfftake, flag: null };
  }
  const flag = byOfftake === null ? null : "negative_offtake";
  const need = needByRule(shelf, steps);
  return { method: need === null ? "unknown" : "rule_1_5", need, flag };
}

/**
 * @param {Required<Shelf>} shelf
 * @param {Step[]} steps
 * @returns {Fraction | null}
 */
function needByOfftake(shelf, steps) {
  const { last_stock, days_since, delivered, stock_now } = shelf;
  if (last_stock === null || days_since === null || days_since <= 0) return null;
  const offtake = last_stock + delivered - stock_now;
  const how = `${last_stock} + ${delivered} - ${stock_now}`;
  steps.push({ name: "offtake", how, value: String(offtake) });
  const perDay = { num: BigInt(offtake), den: BigInt(days_since) };
  if (offtake < 0) return perDay;
  steps.push({
    name: "offtake_per_day", how: `${offtake} / ${days_since}`, value: shown(perDay),
  });
  const days = BigInt(shelf.days_to_next + shelf.lead_days);
  const need = { num: perDay.num * days * 3n, den: perDay.den * 2n };
  const over = `${shown(perDay)} x (${shelf.days_to_next} + ${shelf.lead_days}) x 1.5`;
  steps.push({ name: "need", how: over, value: shown(need) });
  return need;
}

/**
 * @param {Required<Shelf>} shelf
 * @param {Step[]} steps
 * @returns {Fraction | null}
 */
function needByRule(shelf, steps) {
  if (shelf.sold === null) return null;
  const perWeek = { num: BigInt(shelf.sold), den: BigInt(shelf.sold_weeks) };
  const how = `${shelf.sold} / ${shelf.sold_weeks}`;
  steps.push({ name: "sold_per_week", how, value: shown(perWeek) });
  const need = { num: perWeek.num * 3n, den: perWeek.den * 2n };
  steps.push({ name: "need", how: `${shown(perWeek)} x 1.5`, value: shown(need) });
  return need;
}

/**
 * Eaches in these cases, raised to what the product may be ordered in.
 * @param {Required<Shelf>} shelf
 * @param {number} cases
 * @param {Step[]} steps
 * @returns {number}
 */
function allowed(shelf, cases, steps) {
  const quantity = cases * shelf.case;
  if (cases === 0 || isAllowed(quantity, shelf.minimum, shelf.multiple)) return quantity;
  const raised = raiseToAllowed(quantity, shelf.minimum, shelf.multiple);
  const how = `${cases} x ${shelf.case} -> min ${shelf.minimum}, by ${shelf.multiple}`;
  steps.push({ name: "quantity", how, value: String(raised) });
  return raised;
}

/**
 * At most two digits after the point, half up; whole numbers without a point.
 * @param {Fraction} value
 * @returns {string}
 */
function shown(value) {
  const hundredths = ratioHalfUp(value.num * 100n, value.den);
  const size = hundredths < 0n ? -hundredths : hundredths;
  const places = String(size % 100n).padStart(2, "0").replace(/0+$/, "");
  return `${hundredths < 0n ? "-" : ""}${size / 100n}${places && `.${places}`}`;
}
