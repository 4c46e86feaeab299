// @ts-check
/**
 * Which price counts for a store, and what a line comes to.
 *
 * Precedence of price lists: store > banner > channel and class > channel > base. The list a store
 * names itself (`price_list`) is its list of level store, whatever else it is; a list of level
 * store is for the stores that name it and for no other. A list holds dated versions of a price;
 * versions are replaced, never edited, so that what a rep quoted yesterday can still be looked up.
 *
 * Of a list, versions with the largest `min_quantity` that the line reaches count, of those the one
 * that began last. The line's own quantity decides, not what other lines have of the product. The
 * first list that has a price for that quantity gives it.
 */

import { byParts } from "./compare.js";
import { byValue, fraction, ratioHalfUp, whole } from "./quantity.js";

/** Levels of a price list, strongest first. */
export const LEVELS = ["store", "banner", "channel_class", "channel", "base"];

const NO_DIGITS = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" "),
);
const THREE_DIGITS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

/**
 * One version of a price, per each: valid from `valid_from_us` until just before `valid_to_us`,
 * for lines of at least `min_quantity` eaches.
 * @typedef {object} PriceVersion
 * @property {string} price a decimal
 * @property {number} min_quantity
 * @property {number} valid_from_us
 * @property {number | null} valid_to_us
 * @property {number | null} superseded_at_us
 */

/**
 * A price list and whom it is for: the keys its level speaks of, null for the others.
 * @typedef {object} ListFor
 * @property {string} list
 * @property {string} level
 * @property {string | null} [banner]
 * @property {string | null} [channel]
 * @property {string | null} [store_class]
 */

/**
 * What a store says of itself, by which lists are found.
 * @typedef {object} Keys
 * @property {string | null} [price_list]
 * @property {string | null} [banner]
 * @property {string | null} [channel]
 * @property {string | null} [store_class]
 */

/** @typedef {ReadonlyMap<string, readonly PriceVersion[]>} Priced a product's versions by list */

/**
 * Digits after the point in a currency (ISO 4217); 2 unless it is known to differ.
 * @param {string} currency
 * @returns {number}
 */
export function minorDigits(currency) {
  return NO_DIGITS.has(currency) ? 0 : THREE_DIGITS.has(currency) ? 3 : 2;
}

/**
 * quantity x unit price in minor units, rounded half up once, for the whole line; however large.
 * @param {number} quantity
 * @param {string} unit_price a decimal
 * @param {number} digits
 * @returns {bigint}
 */
export function grossExactly(quantity, unit_price, digits) {
  const { num, den } = fraction(unit_price);
  return ratioHalfUp(BigInt(quantity) * num * 10n ** BigInt(digits), den);
}

/**
 * The same as a number; RangeError where no order may be so large.
 * @param {number} quantity
 * @param {string} unit_price
 * @param {number} digits
 * @returns {number}
 */
export function grossMinor(quantity, unit_price, digits) {
  return whole(grossExactly(quantity, unit_price, digits));
}

/**
 * The price lists of a store, strongest first; equally strong ones by their code.
 *
 * `keys.price_list`: the list the store names; it comes first, even if it is among the others too.
 * @param {Keys} keys
 * @param {Iterable<ListFor>} lists
 * @returns {string[]}
 */
export function listsOf(keys, lists) {
  const own = keys.price_list || null;
  /** @type {[number, string][]} */
  const mine = own === null ? [] : [[0, own]];
  for (const one of lists) {
    if (one.list !== own && isFor(one, keys)) mine.push([LEVELS.indexOf(one.level), one.list]);
  }
  return mine.sort(byParts).map(([, list]) => list);
}

/**
 * Whether a list that the store does not name is for it all the same.
 * @param {ListFor} one
 * @param {Keys} keys
 * @returns {boolean}
 */
function isFor(one, keys) {
  /** @param {"banner" | "channel" | "store_class"} key */
  const same = (key) => (one[key] ?? null) !== null && one[key] === keys[key];
  switch (one.level) {
    case "banner":
      return same("banner");
    case "channel_class":
      return same("channel") && same("store_class");
    case "channel":
      return same("channel");
    default:
      return one.level === "base";
  }
}

/**
 * The current price of one product in one list at a moment, for a line of `quantity` eaches.
 * @param {readonly PriceVersion[]} versions
 * @param {number} when_us
 * @param {number} [quantity]
 * @returns {string | null}
 */
export function priceAt(versions, when_us, quantity = 1) {
  /** @type {PriceVersion | null} */
  let best = null;
  for (const one of versions) {
    if (
      one.superseded_at_us === null &&
      held(one, when_us, quantity) &&
      (best === null ||
        one.min_quantity > best.min_quantity ||
        (one.min_quantity === best.min_quantity && one.valid_from_us > best.valid_from_us))
    ) {
      best = one;
    }
  }
  return best === null ? null : best.price;
}

/**
 * Whether a version was valid at a moment for so many pieces.
 * @param {PriceVersion} one
 * @param {number} when_us
 * @param {number} quantity
 * @returns {boolean}
 */
function held(one, when_us, quantity) {
  return (
    one.valid_from_us <= when_us &&
    (one.valid_to_us === null || when_us < one.valid_to_us) &&
    (one.min_quantity <= 1 || one.min_quantity <= quantity)
  );
}

/**
 * The price of a product at a moment, from the first of the store's lists that has one.
 * @param {readonly string[]} lists
 * @param {Priced} versions
 * @param {number} when_us
 * @param {number} [quantity]
 * @returns {string | null}
 */
export function priceFor(lists, versions, when_us, quantity = 1) {
  return pricedBy(lists, versions, when_us, quantity)?.[1] ?? null;
}

/**
 * The list that gives the price, and the price; null = no list has one.
 * @param {readonly string[]} lists
 * @param {Priced} versions of the product
 * @param {number} when_us
 * @param {number} [quantity]
 * @returns {[list: string, price: string] | null}
 */
export function pricedBy(lists, versions, when_us, quantity = 1) {
  for (const list of lists) {
    const price = priceAt(versions.get(list) ?? [], when_us, quantity);
    if (price !== null) return [list, price];
  }
  return null;
}

/**
 * Whether a copy made at `copied_at_us` rightly showed `price` for a moment: a version of that
 * price held then, and nothing had taken its place before the copy.
 * @param {Iterable<PriceVersion>} versions
 * @param {string} price
 * @param {number} captured_at_us
 * @param {number} copied_at_us
 * @param {number} [quantity]
 * @returns {boolean}
 */
export function wasOnCopy(versions, price, captured_at_us, copied_at_us, quantity = 1) {
  for (const one of versions) {
    if (
      byValue(one.price, price) === 0 &&
      held(one, captured_at_us, quantity) &&
      (one.superseded_at_us === null || one.superseded_at_us >= copied_at_us)
    ) {
      return true;
    }
  }
  return false;
}
