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
 * What a promotion gives on a line. (The rate that keeps it for a part of one is the server's.)
 * @typedef {{ readonly promotion: string, readonly minor: number }} Granted
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
      let minor = 0;
      for (const rate of rates) minor = Math.max(minor, offMinor(rate, line.quantity, left));
      if (minor > 0) found.push({ promotion: one.id, minor });
      left -= minor;
    }
    return found;
  };
  return stands(offers, taken, (found) => sumOf(found.map((one) => one.minor)));
}

/**
 * An order promotion with its lines (their places in the order) and the steps that they reach.
 * @typedef {{ one: Promotion, places: number[], steps: import("./promotion.js").Step[] }} Whole
 */

/**
 * The second round: adds each line's part of what is given on the order to `given`.
 * @param {readonly Bought[]} bought
 * @param {readonly Promotion[]} promotions
 * @param {Given} given
 */
function onOrder(bought, promotions, given) {
  if (promotions.length === 0) return;
  const places = new Map(bought.map((line, at) => [line, at]));
  const before = bought.map(
    (line) => line.gross_minor - sumOf((given.get(line.n) ?? []).map((one) => one.minor)));
  /** @type {Map<string, Whole>} */
  const wholes = new Map();
  for (const one of promotions) {
    const mine = linesOf(one, bought);
    const at = mine.map((line) => /** @type {number} */ (places.get(line)));
    wholes.set(one.id, { one, places: at, steps: reached(one, mine) });
  }
  /** @param {readonly Offer[]} some */
  const taken = (some) => {
    const left = [...before];
    /** @type {{ at: number, granted: Granted }[]} */
    const found = [];
    for (const [one] of some) {
      const whole = /** @type {Whole} */ (wholes.get(one.id));
      const weights = whole.places.map((at) => Math.max(0, left[at] ?? 0));
      const parts = spread(mostOf(whole.steps, sumOf(weights)), weights);
      for (const [n, at] of whole.places.entries()) {
        const minor = parts[n] ?? 0;
        if (minor === 0) continue;
        left[at] = (left[at] ?? 0) - minor;
        found.push({ at, granted: { promotion: one.id, minor } });
      }
    }
    return found;
  };
  /** @type {Offer[]} */
  const offers = promotions.map((one) => [one, []]);
  const worth = (/** @type {{ granted: Granted }[]} */ found) =>
    found.reduce((sum, { granted }) => sum + granted.minor, 0);
  for (const { at, granted } of stands(offers, taken, worth)) {
    const line = bought[at];
    if (line && takes(line, granted.promotion)) given.get(line.n)?.push(granted);
  }
}

/**
 * What the best of an order promotion's steps gives on an amount.
 * @param {readonly import("./promotion.js").Step[]} steps
 * @param {number} total_minor
 * @returns {number}
 */
function mostOf(steps, total_minor) {
  let most = 0;
  for (const { percent, amount_minor } of steps) {
    const off = percent !== null
      ? offMinor(percentRate(percent), 1, total_minor)
      : Math.min(amount_minor ?? 0, total_minor);
    most = Math.max(most, off);
  }
  return most;
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
  const live = offers
    .map((offer) => ({ offer, one: offer[0], found: taken([offer]) }))
    .filter(({ found }) => worth(found) > 0);
  const [strongest] = live;
  if (strongest === undefined || live.length === 1) return strongest?.found ?? [];
  const first = strongest.one.priority;
  const choices = live.filter(({ one }) => !one.stacks && one.priority === first);
  const together = live.filter(({ one }) => one.stacks);
  const [head] = together;
  if (head?.one.priority === first) {
    choices.push({ ...head, found: taken(together.map(({ offer }) => offer)) });
  }
  const ranked = choices.map(({ one, found }) => ({ id: one.id, found, worth: worth(found) }));
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
