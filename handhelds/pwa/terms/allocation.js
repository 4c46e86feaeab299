// @ts-check
/**
 * Which open items a payment settles: oldest due first, and what is left stays on account.
 *
 * A proposal never touches an item the store disputes, a credit note, or money on account. Whoever
 * posts the money settles what is still open then; nothing is ever settled beyond what is open, and
 * no minor unit is lost: settled + on account = the amount.
 */

import { byParts } from "./compare.js";

/** An item's number, and the minor units settled of it.
 * @typedef {[number: string, minor: number]} Use */

/**
 * An open item of a store, as far as a payment cares.
 * @typedef {object} OpenItem
 * @property {string} number
 * @property {string} due_on
 * @property {number} open_minor
 * @property {string} kind
 * @property {boolean} disputed
 */

/**
 * Whether a payment may settle this item: an invoice with something open.
 * @param {OpenItem} item
 * @returns {boolean}
 */
export function payable(item) {
  return item.kind === "invoice" && item.open_minor > 0;
}

/**
 * Oldest due first, by number within a day, each as far as the money goes.
 *
 * An amount of nothing or less settles nothing.
 * @param {number} amount_minor
 * @param {Iterable<OpenItem>} items
 * @returns {Use[]}
 */
export function propose(amount_minor, items) {
  let left = amount_minor;
  /** @type {Use[]} */
  const uses = [];
  const oldest = [...items].sort((one, other) =>
    byParts([one.due_on, one.number], [other.due_on, other.number]));
  for (const item of oldest) {
    if (left <= 0) break;
    if (item.disputed || !payable(item)) continue;
    const use = Math.min(left, item.open_minor);
    uses.push([item.number, use]);
    left -= use;
  }
  return uses;
}

/**
 * Settle what was wished, in that order, as far as it is open and the money goes.
 *
 * open_minor: what is open of each item that a payment may settle; what is not in it is not open.
 * The rest of a wish is not carried to another item: nobody wished that.
 * @param {number} amount_minor
 * @param {Iterable<Readonly<Use>>} wished
 * @param {ReadonlyMap<string, number>} open_minor
 * @returns {{ uses: Use[], on_account_minor: number }}
 */
export function settle(amount_minor, wished, open_minor) {
  let money = Math.max(0, amount_minor);
  const left = new Map(open_minor);
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const [number, minor] of wished) {
    const open = left.get(number) ?? 0;
    const use = Math.min(money, Math.max(0, minor), Math.max(0, open));
    if (use > 0) {
      uses.set(number, (uses.get(number) ?? 0) + use);
      left.set(number, open - use);
      money -= use;
    }
  }
  return { uses: [...uses], on_account_minor: money };
}
