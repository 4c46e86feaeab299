// @ts-check
// What to order in a store, from its cards and orders on this handheld, with the arithmetic.
//
// The sum itself is terms/suggest.js; here its figures are gathered: the two newest counts of a
// product, what was delivered between them, what is on the way, and what was sold of late.

import { ratiosOf } from "./counted.js";
import { ON_THE_WAY } from "./pad.js";
import { parts } from "./stored/columns.js";
import { byParts, byText } from "./terms/compare.js";
import { addDays, daysBetween, moment } from "./terms/day.js";
import { mustStock as joined } from "./terms/must_stock.js";
import { ratioHalfUp, whole } from "./terms/quantity.js";
import { suggest } from "./terms/suggest.js";

/** @typedef {import("./pad.js").Pad} Pad */
/** @typedef {import("./queries.js").Row} Row */

/** What suggestions read of a store. */
export const KINDS = ["card", "order", "plan_stop"];

const SOLD_WEEKS = 13;
const NOT_SOLD = new Set(["rejected", "cancelled"]);

/** How many pieces a card says are in the store, shelf and back together.
 * @typedef {{ day: string, quantity: number }} Count */

/** A line of an order of the store. @typedef {{ order: Row, line: Row, day: string }} Ordered */

/**
 * A product worth a look: what to order of it and why. `counted_on` null = never counted;
 * `missing`: it must be on the shelf here and was not on the newest card.
 * @typedef {object} Proposal
 * @property {Row} product
 * @property {import("./terms/suggest.js").Suggestion} suggestion
 * @property {number} quantity
 * @property {number} case
 * @property {boolean} must_stock
 * @property {boolean} missing
 * @property {string | null} counted_on
 */

/** Products of the store's cards, orders and must-stock list: gaps first, then by name.
 * @param {Pad} pad @returns {Proposal[]} */
export function proposals(pad) {
  const { at } = pad;
  const cards = at.rows("card").filter((row) => row.captured_at)
    .sort((one, other) => byText(String(other.captured_at), String(one.captured_at)))
    .map((row) => cardOf(row, pad));
  const must = mustStock(pad);
  const ordered = orderedOf(pad);
  const codes = new Set([...must.keys(), ...ordered.keys(), ...cards.flatMap((one) => one.seen)]);
  const known = { pad, cards, must, ordered, days_to_next: daysToNext(pad) };
  /** @type {Proposal[]} */
  const found = [];
  for (const code of codes) {
    const product = at.catalogue.product(code);
    if (product === null || product.status === "blocked" || product.status === "planned") continue;
    found.push(proposal(product, known));
  }
  const rank = (/** @type {Proposal} */ one) =>
    [Number(!one.missing), String(one.product.name), one.product.id];
  return found.sort((one, other) => byParts(rank(one), rank(other)));
}

/**
 * @param {Row} product
 * @param {{ pad: Pad, cards: Card[], must: Map<string, number>, ordered: Map<string, Ordered[]>,
 *   days_to_next: number }} known
 * @returns {Proposal}
 */
function proposal(product, { pad, cards, must, ordered, days_to_next }) {
  const code = product.id;
  const isOnNewest = cards[0]?.on_shelf.has(code) ?? false;
  const gap_facings = cards.length > 0 && !isOnNewest ? must.get(code) ?? 0 : 0;
  // What an older card counted of a gap that nobody looked at is there no more.
  const isUnseen = gap_facings > 0 && !cards[0]?.seen.includes(code);
  const [newest, before] = isUnseen ? [] : countsOf(cards, code);
  const mine = ordered.get(code) ?? [];
  const since = addDays(pad.today(), -7 * SOLD_WEEKS);
  const sum = (/** @type {number[]} */ figures) => figures.reduce((all, one) => all + one, 0);
  const sold = sum(mine.filter((one) => one.day > since).map(({ line }) => line.ordered ?? 0));
  const coming = mine.filter(({ order }) => ON_THE_WAY.has(order.state));
  const [num, den] = ratiosOf(product).get("case") ?? [1, 1];
  const shelf = {
    case: Math.max(1, Math.floor(num / den)),
    stock_now: newest?.quantity ?? 0,
    on_the_way: sum(coming.map(({ line }) => comingOf(line))),
    days_to_next,
    lead_days: pad.at.store.lead_days || 0,
    last_stock: before?.quantity ?? null,
    delivered: newest && before ? sum(deliveredOf(mine, before.day, newest.day)) : 0,
    days_since: newest && before ? daysBetween(before.day, newest.day) : null,
    sold: sold || null,
    sold_weeks: SOLD_WEEKS,
    gap_facings,
    minimum: product.min_quantity || 1,
    multiple: product.multiple || 1,
  };
  const suggestion = suggest(shelf);
  return {
    product,
    suggestion,
    quantity: suggestion.quantity,
    case: shelf.case,
    must_stock: must.has(code),
    missing: must.has(code) && !isOnNewest,
    counted_on: newest?.day ?? null,
  };
}

/** Products that must be on the shelf of this store today, each with the facings it needs.
 * @param {Pad} pad */
export function mustStock(pad) {
  const rows = /** @type {import("./terms/must_stock.js").Listed[]} */ (
    pad.at.catalogue.pulled("must_stock")
      .map((row) => ({ ...row, valid_to: row.valid_to || null })));
  return joined(rows, pad.today(), pad.at.store);
}

/** Days until the store is planned again; without a plan, by its visits in four weeks.
 * @param {Pad} pad */
export function daysToNext(pad) {
  const { store } = pad.at;
  const today = pad.today();
  const ahead = pad.at.rows("plan_stop")
    .filter((row) => row.store === store.id && row.state === "planned" && row.day > today)
    .map((row) => daysBetween(today, row.day));
  if (ahead.length > 0) return Math.min(...ahead);
  return Math.max(1, whole(ratioHalfUp(28n, BigInt(store.visits_per_4w || 4))));
}

/**
 * A card as suggestions look at it: the products on it, those on the shelf, pieces counted.
 * @typedef {{ day: string, seen: string[], on_shelf: Set<string>,
 *   counts: Map<string, number> }} Card
 */

/** @param {Row} row @param {Pad} pad @returns {Card} */
function cardOf(row, pad) {
  const lines = parts("card", "lines", row.lines);
  const counts = new Map();
  for (const line of lines) {
    const quantity = countedOf(line);
    if (quantity !== null && !counts.has(line.product)) counts.set(line.product, quantity);
  }
  return {
    day: pad.dayOf(moment(row.captured_at)),
    seen: lines.map((line) => line.product),
    on_shelf: new Set(lines.filter((line) => line.on_shelf).map((line) => line.product)),
    counts,
  };
}

/** The two newest counts of a product, from two different days; `cards` come newest first.
 * @param {Card[]} cards @param {string} code @returns {Count[]} */
function countsOf(cards, code) {
  /** @type {Count[]} */
  const found = [];
  for (const { day, counts } of cards) {
    if (day === found[0]?.day) continue;
    const quantity = counts.get(code);
    if (quantity !== undefined) found.push({ day, quantity });
    if (found.length === 2) break;
  }
  return found;
}

/** Pieces in the store as a card's line says; null when nobody counted. @param {Row} line */
function countedOf(line) {
  if (line.shelf_stock === null && line.back_stock === null) {
    return line.out_of_stock || !line.on_shelf ? 0 : null;
  }
  return (line.shelf_stock ?? 0) + (line.back_stock ?? 0);
}

/** Product -> what was ordered of it here, but goods given back. @param {Pad} pad */
function orderedOf(pad) {
  /** @type {Map<string, Ordered[]>} */
  const found = new Map();
  for (const order of pad.at.rows("order")) {
    if (NOT_SOLD.has(order.state) || order.type === "return") continue;
    const day = order.captured_at ? pad.dayOf(moment(order.captured_at)) : "";
    for (const line of parts("order", "lines", order.lines)) {
      const one = { order, line, day };
      const there = found.get(line.product);
      if (there) there.push(one);
      else found.set(line.product, [one]);
    }
  }
  return found;
}

/** Pieces of an open order line that have not arrived yet. @param {Row} line */
function comingOf(line) {
  const promised = line.confirmed === null
    ? line.ordered ?? 0 : line.confirmed + (line.backordered ?? 0);
  return Math.max(0, promised - (line.delivered ?? 0));
}

/** Pieces delivered after the earlier count and up to the newer one.
 * @param {Ordered[]} mine @param {string} after @param {string} until */
function deliveredOf(mine, after, until) {
  return mine
    .filter(({ order: { deliver_on: day } }) => day && after < day && day <= until)
    .map(({ line }) => line.delivered ?? 0);
}
