// @ts-check
/**
 * What a little more would bring: the next step of each promotion, told before the order is sent.
 *
 * A hint speaks of one promotion by itself: what it would offer at its next step. Whether it then
 * stands beside others on a line is worked out by `evaluate` when the pieces are on the order.
 */

import { byText } from "./compare.js";
import { byPriority } from "./evaluate.js";
import { counted, freeOf, linesOf, pieces, stepsOf } from "./promotion.js";
import { byValue } from "./quantity.js";

/** @typedef {import("./promotion.js").Bought} Bought */
/** @typedef {import("./promotion.js").Promotion} Promotion */
/** @typedef {import("./promotion.js").Step} Step */

/**
 * So many pieces (or minor units, `more_minor`) more of `products` bring: `percent` off,
 * `amount_minor` off (each piece, or the order), or `free` pieces of `product`.
 *
 * `more` 0: they are earned already and not on the order yet. `products` null = of any product.
 * @typedef {object} Hint
 * @property {string} promotion
 * @property {string} kind
 * @property {readonly string[] | null} products
 * @property {number} more
 * @property {number} more_minor
 * @property {string | null} percent
 * @property {number | null} amount_minor
 * @property {number} free
 * @property {string | null} product
 */

/**
 * What more the promotions would give on an order that has begun, by priority, then id.
 *
 * Only promotions of which something is on the order are told of, and each step only once it is the
 * next one. A promotion without steps gives at once and has no hint.
 * @param {readonly Bought[]} lines
 * @param {Iterable<Promotion>} promotions
 * @returns {Hint[]}
 */
export function hints(lines, promotions) {
  const found = [];
  for (const one of byPriority(promotions)) {
    const mine = linesOf(one, lines);
    if (mine.length === 0) continue;
    const hint = one.kind === "buy_get" ? ofPieces(one, mine) : ofStep(one, mine);
    if (hint !== null) found.push(hint);
  }
  return found;
}

/**
 * @param {Promotion} one
 * @param {Partial<Hint>} more
 * @returns {Hint}
 */
function told(one, more) {
  const products = one.products === null ? null : [...one.products].sort(byText);
  return {
    promotion: one.id, kind: one.kind, products, more: 0, more_minor: 0, percent: null,
    amount_minor: null, free: 0, product: null, ...more,
  };
}

/**
 * @param {Promotion} one
 * @param {readonly Bought[]} mine
 * @returns {Hint | null}
 */
function ofStep(one, mine) {
  const far = counted(one, mine);
  const steps = [...stepsOf(one)].sort((a, b) => a.reach - b.reach);
  const step = steps.find((next) => next.reach > far && isBetter(next, steps));
  if (step === undefined) return null;
  const more = step.reach - far;
  const isByValue = one.kind === "order" || one.tier_by === "value";
  return told(one, {
    more: isByValue ? 0 : more,
    more_minor: isByValue ? more : 0,
    percent: step.percent,
    amount_minor: step.percent === null ? step.amount_minor : null,
  });
}

/**
 * A step that gives no more than one below it is nothing to hope for.
 * @param {Step} step
 * @param {readonly Step[]} steps
 * @returns {boolean}
 */
function isBetter(step, steps) {
  const lower = steps.filter((one) => one.reach < step.reach);
  const { percent } = step;
  if (percent !== null) {
    return lower.every((one) => one.percent === null || byValue(one.percent, percent) < 0);
  }
  const worth = step.amount_minor ?? 0;
  return worth > 0 && lower.every((one) => (one.amount_minor ?? 0) < worth);
}

/**
 * @param {Promotion} one
 * @param {readonly Bought[]} mine
 * @returns {Hint | null}
 */
function ofPieces(one, mine) {
  const buy = one.buy ?? 0;
  const get = one.get ?? 0;
  const other = one.get_product;
  if (buy < 1 || get < 1) return null;
  if (other === null) return ofSame(one, mine, buy, get);
  const bought = pieces(mine.filter((line) => line.product !== other));
  const earned = Math.floor(bought / buy) * get;
  const there = [...freeOf(one, mine).values()].reduce((sum, free) => sum + free, 0);
  if (earned > there) return told(one, { free: earned - there, product: other });
  return told(one, { more: buy - (bought % buy), free: get, product: other });
}

/**
 * The product that lacks least; one whose free pieces are all there begins a new round.
 * @param {Promotion} one
 * @param {readonly Bought[]} mine
 * @param {number} buy
 * @param {number} get
 * @returns {Hint | null}
 */
function ofSame(one, mine, buy, get) {
  /** @type {Hint | null} */
  let best = null;
  for (const product of [...new Set(mine.map((line) => line.product))].sort(byText)) {
    const rest = pieces(mine.filter((line) => line.product === product)) % (buy + get);
    const more = Math.max(0, buy - rest);
    const free = get - Math.max(0, rest - buy);
    if (best === null || more < best.more) {
      best = told(one, { products: [product], more, free, product });
    }
  }
  return best;
}
