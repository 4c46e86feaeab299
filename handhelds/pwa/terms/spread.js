// @ts-check
/** Spreads an amount over lines so that the parts always sum to it: by largest remainder. */

import { floorOf } from "./quantity.js";

/**
 * Parts of `amount` in proportion to `weights`, whole numbers that sum to it exactly.
 *
 * Every part is first rounded down; what is left over goes, one each, to the parts that lost most
 * by that, of equally large losses to the earlier one (Hamilton's method). Where `amount` is not
 * above the sum of the weights, no part is above its weight. Weights are not negative; with none
 * above zero nothing can be spread and every part is 0.
 * @param {number} amount
 * @param {readonly number[]} weights
 * @returns {number[]}
 */
export function spread(amount, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map(() => 0);
  const shares = weights.map((weight) => share(amount, weight, total));
  const left = shares.reduce((sum, one) => sum - one.part, amount);
  // Sorting keeps the order of equals.
  for (const one of [...shares].sort((a, b) => b.lost - a.lost).slice(0, left)) one.part += 1;
  return shares.map((one) => one.part);
}

/**
 * amount x weight / total, rounded down, and what is lost by that. BigInt only where it must be.
 * @param {number} amount
 * @param {number} weight
 * @param {number} total
 * @returns {{ part: number, lost: number }}
 */
function share(amount, weight, total) {
  const whole = amount * weight;
  if (amount >= 0 && whole <= Number.MAX_SAFE_INTEGER) {
    const lost = whole % total;
    return { part: (whole - lost) / total, lost };
  }
  const exact = BigInt(amount) * BigInt(weight);
  const part = floorOf(exact, BigInt(total));
  return { part: Number(part), lost: Number(exact - part * BigInt(total)) };
}
