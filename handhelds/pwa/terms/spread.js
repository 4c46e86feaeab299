// @ts-check
/** Spreads an amount over lines so that the parts always sum to it: by largest remainder. */

import { floorOf, whole } from "./quantity.js";

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
  const shares = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (total <= 0n) return weights.map(() => 0);
  const parts = shares.map((share) => floorOf(share, total));
  const losses = shares
    .map((share, at) => ({ at, lost: share - floorOf(share, total) * total }))
    .sort((one, other) => (one.lost < other.lost ? 1 : one.lost > other.lost ? -1 : 0));
  const left = BigInt(amount) - parts.reduce((sum, part) => sum + part, 0n);
  for (const { at } of losses.slice(0, Number(left))) parts[at] = (parts[at] ?? 0n) + 1n;
  return parts.map(whole);
}
