// @ts-check
/**
 * Promotions: whom each is for, when it runs, and what it offers on the lines of an order.
 *
 * Kinds, by what they take off:
 *
 *     percent   `percent` of each line of its products
 *     amount    `amount_minor` off each piece of them
 *     tiers     percent of a line or amount off a piece, from steps reached by all its lines
 *               together: so many pieces, or so much value (`tier_by`)
 *     buy_get   of each `buy` + `get` pieces the last `get` are free: of every product by itself,
 *               or for `buy` pieces of its products `get` pieces of `get_product`; with a percent,
 *               the got pieces cost so much less instead of nothing
 *     order     percent of, or an amount off, all its lines together, once a step is reached
 *
 * What counts towards a step is what was ordered, at its value before any discount, whatever other
 * promotions give: so it never matters which promotion is looked at first. Of the steps reached the
 * one that gives most on a line stands, so that ordering more never takes a discount away. How
 * several promotions go together on one line says `evaluate.js`.
 */

import { fraction, timesRatio } from "./quantity.js";

/**
 * A step as it travels; percent (a decimal) and amount are each other's alternative.
 * @typedef {object} Step
 * @property {number} reach reached from so many pieces or minor units on
 * @property {string | null} percent
 * @property {number | null} amount_minor
 */

/**
 * A promotion: from `valid_from_us` until just before `valid_to_us`; null in a scope = for all.
 *
 * Larger `priority` goes first. `stacks`: goes together with others that stack.
 * @typedef {object} Promotion
 * @property {string} id
 * @property {string} kind
 * @property {string | null} percent a decimal
 * @property {number | null} amount_minor
 * @property {string} tier_by
 * @property {readonly Step[]} tiers
 * @property {number | null} buy
 * @property {number | null} get
 * @property {string | null} get_product
 * @property {number} priority
 * @property {boolean} stacks
 * @property {number} valid_from_us
 * @property {number | null} valid_to_us
 * @property {ReadonlySet<string> | null} products
 * @property {string | null} store
 * @property {string | null} banner
 * @property {string | null} channel
 * @property {string | null} store_class
 */

/**
 * The store an order is for.
 * @typedef {object} Where
 * @property {string} id
 * @property {string | null} banner
 * @property {string | null} channel
 * @property {string | null} store_class
 */

/**
 * A line as promotions see it: pieces, and their value before discount in minor units.
 *
 * `named`: the promotions the line says it got; null = it takes whatever there is.
 * @typedef {object} Bought
 * @property {number} n
 * @property {string} product
 * @property {number} quantity
 * @property {number} gross_minor
 * @property {ReadonlySet<string> | null} [named]
 */

/**
 * So much off each piece, or num/den of what is left of the line.
 * @typedef {{ readonly each_minor: number, readonly num: bigint, readonly den: bigint }} Rate
 */

/**
 * Line -> what one promotion offers on it; of several rates the one that gives most stands.
 * @typedef {Map<number, readonly Rate[]>} Offers
 */

/**
 * Whether the line may get anything from a promotion.
 * @param {Bought} line
 * @param {string} promotion
 * @returns {boolean}
 */
export function takes(line, promotion) {
  return !line.named || line.named.has(promotion);
}

/**
 * Steps as they are stored and travel: [reach, percent as text or null, amount or null].
 * @param {Iterable<readonly [number, string | null, number | null]>} rows
 * @returns {Step[]}
 */
export function tiersOf(rows) {
  return Array.from(rows, ([reach, percent, amount_minor]) => ({ reach, percent, amount_minor }));
}

/**
 * Minor units off, rounded half up; never more than is left, never below nothing.
 * @param {Rate} rate
 * @param {number} quantity
 * @param {number} left_minor
 * @returns {number}
 */
export function offMinor(rate, quantity, left_minor) {
  const off = rate.each_minor * quantity || timesRatio(left_minor, rate.num, rate.den);
  return Math.max(0, Math.min(off, left_minor));
}

/**
 * Whether the promotion ran at a moment.
 * @param {Promotion} promotion
 * @param {number} when_us
 * @returns {boolean}
 */
export function isLive(promotion, when_us) {
  const ends_us = promotion.valid_to_us;
  return promotion.valid_from_us <= when_us && (ends_us === null || when_us < ends_us);
}

/**
 * Whether the promotion is for this store: every part of its scope must say so.
 * @param {Promotion} promotion
 * @param {Where} store
 * @returns {boolean}
 */
export function isForStore(promotion, store) {
  return (
    (promotion.store === null || promotion.store === store.id) &&
    (promotion.banner === null || promotion.banner === store.banner) &&
    (promotion.channel === null || promotion.channel === store.channel) &&
    (promotion.store_class === null || promotion.store_class === store.store_class)
  );
}

/**
 * Whether the promotion gives anything on this product, or counts it towards a step.
 * @param {Promotion} promotion
 * @param {string} product
 * @returns {boolean}
 */
export function isForProduct(promotion, product) {
  if (promotion.kind === "buy_get" && promotion.get_product === product) return true;
  return promotion.products === null || promotion.products.has(product);
}

/** @type {Map<string, Rate>} */
const rates = new Map();

/**
 * A percentage (a decimal) as a rate, exactly.
 * @param {string} percent
 * @returns {Rate}
 */
export function percentRate(percent) {
  let rate = rates.get(percent);
  if (rate === undefined) {
    const { num, den } = fraction(percent);
    rate = { each_minor: 0, num, den: den * 100n };
    if (rates.size > 500) rates.clear();
    rates.set(percent, rate);
  }
  return rate;
}

/**
 * Its steps; a promotion without tiers has one, reached by any order.
 * @param {Promotion} promotion
 * @returns {readonly Step[]}
 */
export function stepsOf(promotion) {
  const { kind, tiers } = promotion;
  if ((kind === "tiers" || kind === "order") && tiers.length > 0) return tiers;
  const percent = kind === "amount" ? null : promotion.percent;
  const amount_minor = kind === "percent" ? null : promotion.amount_minor;
  return [{ reach: 0, percent, amount_minor }];
}

/**
 * The lines it speaks of, by n; a line that names it is one of them.
 * @param {Promotion} promotion
 * @param {Iterable<Bought>} lines
 * @returns {Bought[]}
 */
export function linesOf(promotion, lines) {
  const mine = [];
  for (const one of lines) {
    if (
      one.quantity > 0 &&
      one.gross_minor >= 0 &&
      (isForProduct(promotion, one.product) || one.named?.has(promotion.id))
    ) {
      mine.push(one);
    }
  }
  return mine.sort((one, other) => one.n - other.n);
}

/**
 * How far its lines come together towards its steps: pieces, or minor units.
 * @param {Promotion} promotion
 * @param {readonly Bought[]} mine
 * @returns {number}
 */
export function counted(promotion, mine) {
  const byValue = promotion.tier_by === "value" || promotion.kind === "order";
  return mine.reduce((sum, one) => sum + (byValue ? one.gross_minor : one.quantity), 0);
}

/**
 * The steps its lines have reached together.
 * @param {Promotion} promotion
 * @param {readonly Bought[]} mine
 * @returns {Step[]}
 */
export function reached(promotion, mine) {
  const far = counted(promotion, mine);
  return stepsOf(promotion).filter((step) => step.reach <= far);
}

/**
 * What a promotion that is not for whole orders offers on each of its lines.
 * @param {Promotion} promotion
 * @param {readonly Bought[]} mine
 * @returns {Offers}
 */
export function offersOf(promotion, mine) {
  if (promotion.kind === "buy_get") return got(promotion, mine);
  if (!["percent", "amount", "tiers"].includes(promotion.kind)) return new Map();
  const offered = reached(promotion, mine).map((step) =>
    step.percent !== null
      ? percentRate(step.percent)
      : { each_minor: step.amount_minor ?? 0, num: 0n, den: 1n },
  );
  return new Map(offered.length > 0 ? mine.map((one) => [one.n, offered]) : []);
}

/**
 * Line -> how many of its pieces buy_get gives; the last lines of a product first.
 * @param {Promotion} promotion
 * @param {readonly Bought[]} mine
 * @returns {Map<number, number>}
 */
export function freeOf(promotion, mine) {
  const buy = promotion.buy ?? 0;
  const get = promotion.get ?? 0;
  /** @type {Map<number, number>} */
  const free = new Map();
  if (buy < 1 || get < 1) return free;
  const other = promotion.get_product;
  if (other !== null) {
    const bought = pieces(mine.filter((one) => one.product !== other));
    handOut(free, mine.filter((one) => one.product === other), Math.floor(bought / buy) * get);
    return free;
  }
  for (const product of new Set(mine.map((one) => one.product))) {
    const its = mine.filter((one) => one.product === product);
    const all = pieces(its);
    const rest = all % (buy + get);
    handOut(free, its, ((all - rest) / (buy + get)) * get + Math.max(0, rest - buy));
  }
  return free;
}

/**
 * Pieces of these lines together.
 * @param {readonly Bought[]} lines
 * @returns {number}
 */
export function pieces(lines) {
  return lines.reduce((sum, one) => sum + one.quantity, 0);
}

/**
 * @param {Map<number, number>} free
 * @param {readonly Bought[]} its
 * @param {number} many
 */
function handOut(free, its, many) {
  let left = many;
  for (const one of [...its].reverse()) {
    const given = Math.min(left, one.quantity);
    if (given > 0) free.set(one.n, given);
    left -= given;
  }
}

/**
 * @param {Promotion} promotion
 * @param {readonly Bought[]} mine
 * @returns {Offers}
 */
function got(promotion, mine) {
  const less = percentRate(promotion.percent ?? "100");
  const quantity = new Map(mine.map((one) => [one.n, BigInt(one.quantity)]));
  /** @type {Offers} */
  const offers = new Map();
  for (const [n, given] of freeOf(promotion, mine)) {
    const den = (quantity.get(n) ?? 1n) * less.den;
    offers.set(n, [{ each_minor: 0, num: BigInt(given) * less.num, den }]);
  }
  return offers;
}
