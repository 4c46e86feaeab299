// @ts-check
/**
 * What the promotions give on an order, line by line: one function for server and handheld.
 *
 * Two rounds. First those that speak of lines, then those that speak of the order, on what the
 * first have left. In each round the same rule, for every line (or the order) by itself:
 *
 * 1. Of the promotions that give something there, the largest priority decides.
 * 2. One that does not stack stands alone; those that stack go together, by priority (larger
 *    first), then by id, each on what those before it have left.
 * 3. Where the largest priority is of several, what gives most stands: each one alone that does not
 *    stack, or all that stack together; of equal amounts the one with the smallest id.
 *
 * Every amount is rounded half up, once for each line and promotion. What an order promotion gives
 * is rounded once for the order and spread over its lines by largest remainder (spread.js), so that
 * the lines' nets always sum to the order's. Nothing depends on how lines or promotions are listed.
 *
 * A line that names its promotions gets what it names and nothing else. So who checks an order
 * needs only the promotions it names, and finds what was found among all there were: what stood on
 * a line then stands among fewer too.
 */

import { byText } from "./compare.js";
import {
  isForStore, isLive, linesOf, offMinor, offersOf, percentRate, reached, takes,
} from "./promotion.js";
import { spread } from "./spread.js";

/** @typedef {import("./promotion.js").Bought} Bought */
/** @typedef {import("./promotion.js").Promotion} Promotion */
/** @typedef {import("./promotion.js").Rate} Rate */
/** @typedef {import("./promotion.js").Where} Where */

/**
 * What a promotion gives on a line, and the rate that keeps it for a part of the line.
 * @typedef {object} Granted
 * @property {string} promotion
 * @property {number} minor
 * @property {Rate} rate
 */

/**
 * Line -> what it gets, in the order in which it was taken off. Lines that get nothing are out.
 * @typedef {Map<number, Granted[]>} Given
 */

/** @typedef {readonly [Promotion, readonly Rate[]]} Offer */

/**
 * What the promotions of this store at this moment give on an order.
 * @param {readonly Bought[]} lines
 * @param {Iterable<Promotion>} promotions
 * @param {Where} store
 * @param {number} when_us
 * @returns {Given}
 */
export function evaluate(lines, promotions, store, when_us) {
  return give(
    lines,
    [...promotions].filter((one) => isLive(one, when_us) && isForStore(one, store)),
  );
}

/**
 * Promotions in the order in which they are looked at: larger priority first, then by id.
 * @template {Promotion} P
 * @param {Iterable<P>} promotions
 * @returns {P[]}
 */
export function byPriority(promotions) {
  return [...promotions].sort(
    (one, other) => other.priority - one.priority || byText(one.id, other.id),
  );
}

/**
 * The same without asking when they run and which stores they are for.
 * @param {readonly Bought[]} lines
 * @param {Iterable<Promotion>} promotions
 * @returns {Given}
 */
export function give(lines, promotions) {
  const order = byPriority(promotions);
  const bought = [...lines].sort((one, other) => one.n - other.n);
  /** @type {Given} */
  const given = new Map(bought.map((one) => [one.n, []]));
  /** @type {Map<number, Offer[]>} */
  const offers = new Map();
  for (const one of order) {
    if (one.kind === "order") continue;
    for (const [n, rates] of offersOf(one, linesOf(one, bought))) {
      const there = offers.get(n);
      if (there) there.push([one, rates]);
      else offers.set(n, [[one, rates]]);
    }
  }
  for (const one of bought) {
    const here = (offers.get(one.n) ?? []).filter(([promotion]) => takes(one, promotion.id));
    if (here.length > 0) given.set(one.n, onLine(one, here));
  }
  onOrder(bought, order.filter((one) => one.kind === "order"), given);
  for (const [n, granted] of given) if (granted.length === 0) given.delete(n);
  return given;
}

/**
 * @param {Bought} line
 * @param {readonly Offer[]} offers
 * @returns {Granted[]}
 */
function onLine(line, offers) {
  /** @param {readonly Offer[]} some */
  const taken = (some) => {
    let left = line.gross_minor;
    /** @type {Granted[]} */
    const found = [];
    for (const [one, rates] of some) {
      let best = 0;
      /** @type {Rate | null} */
      let chosen = null;
      for (const rate of rates) {
        const off = offMinor(rate, line.quantity, left);
        if (off > best) [best, chosen] = [off, rate];
      }
      if (chosen !== null) {
        found.push({ promotion: one.id, minor: best, rate: chosen });
        left -= best;
      }
    }
    return found;
  };
  return stands(offers, taken, (found) => sumOf(found.map((one) => one.minor)));
}

/**
 * The second round: adds each line's part of what is given on the order to `given`.
 * @param {readonly Bought[]} bought
 * @param {readonly Promotion[]} promotions
 * @param {Given} given
 */
function onOrder(bought, promotions, given) {
  if (promotions.length === 0) return;
  /** @param {readonly Offer[]} some */
  const taken = (some) => {
    const left = new Map(
      bought.map((one) => [
        one.n,
        one.gross_minor - sumOf((given.get(one.n) ?? []).map((granted) => granted.minor)),
      ]),
    );
    /** @type {[number, Granted][]} */
    const found = [];
    for (const [one] of some) {
      const mine = linesOf(one, bought);
      const weights = mine.map((line) => Math.max(0, left.get(line.n) ?? 0));
      parts(one, mine, weights).forEach((off, at) => {
        const n = mine[at]?.n;
        if (off === 0 || n === undefined) return;
        left.set(n, (left.get(n) ?? 0) - off);
        const rate = { each_minor: 0, num: BigInt(off), den: BigInt(weights[at] ?? 1) };
        found.push([n, { promotion: one.id, minor: off, rate }]);
      });
    }
    return found;
  };
  const byN = new Map(bought.map((one) => [one.n, one]));
  /** @type {Offer[]} */
  const offers = promotions.map((one) => [one, []]);
  const worth = (/** @type {[number, Granted][]} */ found) =>
    sumOf(found.map(([, granted]) => granted.minor));
  for (const [n, granted] of stands(offers, taken, worth)) {
    const line = byN.get(n);
    if (line && takes(line, granted.promotion)) given.get(n)?.push(granted);
  }
}

/**
 * What an order promotion gives on each of its lines, of which `weights` is left.
 * @param {Promotion} one
 * @param {readonly Bought[]} mine
 * @param {readonly number[]} weights
 * @returns {number[]}
 */
function parts(one, mine, weights) {
  const total = sumOf(weights);
  let most = 0;
  for (const step of reached(one, mine)) {
    const off = step.percent !== null
      ? offMinor(percentRate(step.percent), 1, total)
      : Math.min(step.amount_minor ?? 0, total);
    most = Math.max(most, off);
  }
  return spread(most, weights);
}

/**
 * Which of the offers stand (the rule above); offers come by priority, then by id.
 * @template Some
 * @param {readonly Offer[]} offers
 * @param {(some: readonly Offer[]) => Some[]} taken
 * @param {(found: Some[]) => number} worth
 * @returns {Some[]}
 */
function stands(offers, taken, worth) {
  if (offers.length === 1) return taken(offers);
  const live = offers.filter((offer) => worth(taken([offer])) > 0);
  const [strongest] = live;
  if (strongest === undefined || live.length === 1) return taken(live);
  const first = strongest[0].priority;
  const choices = live
    .filter(([one]) => !one.stacks && one.priority === first)
    .map((offer) => [offer]);
  const together = live.filter(([one]) => one.stacks);
  if (together[0]?.[0].priority === first) choices.push(together);
  const ranked = choices.map((some) => {
    const found = taken(some);
    return { found, worth: worth(found), id: some[0]?.[0].id ?? "" };
  });
  ranked.sort((one, other) => other.worth - one.worth || byText(one.id, other.id));
  return ranked[0]?.found ?? [];
}

/**
 * @param {readonly number[]} amounts
 * @returns {number}
 */
function sumOf(amounts) {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
