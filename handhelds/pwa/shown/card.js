// @ts-check
// The visit card as a rep fills it in: a matrix of products, pre-filled from the last card.
//
// What was seen last time stands there in grey and counts for nothing until the rep has looked:
// one swipe says "as last time", one tap "out of stock", a cell opens the keys. One button says it
// of all that is left. So a card of thirty lines with six changes is some twenty taps, and yet
// nothing is saved that nobody saw. Every gesture is one call of `touch`, which the tests count.

import { parts } from "../stored/columns.js";
import { BESIDE, besideOf, blankBeside, isBeside } from "./beside.js";
import { newestFirst } from "./store.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {"unseen" | "same" | "changed"} Looked */
/** @typedef {"facings" | "shelf_stock" | "back_stock" | "price_minor"} Cell */

/** Cells of a line, in the order in which the key "next" goes through them. @type {Cell[]} */
export const CELLS = ["facings", "shelf_stock", "back_stock", "price_minor"];

/** Fields of a line that are carried over from the last card. */
const KEPT = [
  "listed", "on_shelf", "facings", "shelf_stock", "back_stock", "price_minor", "promotion_seen",
  "out_of_stock", "nearest_expiry",
];

/**
 * @typedef {object} Line
 * @property {string} product
 * @property {string} name
 * @property {boolean} must it must be on the shelf here
 * @property {number} min_facings
 * @property {Row | null} last what the last card says
 * @property {Row} now what will be saved once `looked` is not "unseen"
 * @property {Looked} looked
 * @property {boolean} [saved] it stands on a card that is corrected
 * @property {boolean} [is_first] the store has no card yet
 * @property {boolean} [beside] somebody else's product; `product` stands for its name (beside.js)
 */

/**
 * A card being filled in. `at`: the cell the keys write into, and what was typed into it.
 * @typedef {object} Card
 * @property {Line[]} lines
 * @property {Line[]} [beside] what stands beside ours
 * @property {{ product: string, cell: Cell, typed: string } | null} at
 * @property {number} gestures taps, swipes and keys so far
 * @property {string} [begun] the day it was begun on
 */

/** The most digits a cell takes. */
const MOST_DIGITS = 9;

/** @param {Row | null} last @returns {Row} */
function blank(last) {
  if (last) return Object.fromEntries(KEPT.map((name) => [name, last[name] ?? null]));
  return { ...Object.fromEntries(KEPT.map((name) => [name, null])), on_shelf: false,
    out_of_stock: false };
}

/**
 * A new card: products of the last card in its order, then must-stock products it lacks, then what
 * the store usually buys.
 * @param {{ cards: Row[], must: Record<string, number>, usual?: string[],
 *   product: (code: string) => Row | null }} known
 * @returns {Card}
 */
export function newCard({ cards, must, usual = [], product }) {
  const card = newestFirst(cards)[0];
  const last = new Map(parts("card", "lines", card?.lines).map((line) => [line.product, line]));
  const codes = new Set([...last.keys(), ...Object.keys(must).sort(), ...usual]);
  const lines = [];
  for (const code of codes) {
    const row = product(code);
    if (!row || row.status === "blocked" && !last.has(code)) continue;
    const seen = last.get(code) ?? null;
    lines.push({ product: code, name: row.name, must: code in must, min_facings: must[code] ?? 0,
      last: seen, now: blank(seen), looked: /** @type {Looked} */ ("unseen"), is_first: !card });
  }
  return { lines, beside: besideOf(cards), at: null, gestures: 0 };
}

/** A card that was saved, to be corrected: every line as it was saved.
 * @param {Row} card @param {(code: string) => Row | null} product @returns {Card} */
export function savedCard(card, product) {
  const lines = parts("card", "lines", card.lines).map((line) => ({
    product: line.product, name: product(line.product)?.name ?? line.product, must: false,
    min_facings: 0, last: line, now: blank(line), looked: /** @type {Looked} */ ("same"),
    saved: true,
  }));
  return { lines, at: null, gestures: 0 };
}

/** A line for a product that was not on the card yet, in front. @param {Card} card
 * @param {Row} product @returns {Card} */
export function added(card, product) {
  if (card.lines.some((line) => line.product === product.id)) return card;
  const line = { product: product.id, name: product.name, must: false, min_facings: 0, last: null,
    now: { ...blank(null), on_shelf: true }, looked: /** @type {Looked} */ ("changed") };
  return { ...card, lines: [line, ...card.lines] };
}

/** What a line says before anybody changes it. @param {Line} line */
const before = (line) => (line.beside ? blankBeside(line.last) : blank(line.last));

/** What a swipe says of a line: as last time. @param {Line} line @returns {Line} */
const same = (line) => ({ ...line, now: before(line), looked: "same" });

/** What a line is when nobody said anything of it. @param {Line} line @returns {Line} */
const cleared = (line) => ({ ...line, now: before(line), looked: line.saved ? "same" : "unseen" });

/** All there is to look at. @param {Card} card */
const everything = (card) => [...card.lines, ...(card.beside ?? [])];

/** Out of stock, or not any more. @param {Line} line @returns {Line} */
function toggledOut(line) {
  if (line.looked !== "unseen" && line.now.out_of_stock) {
    const back = line.last && !line.last.out_of_stock ? blank(line.last) : { ...line.now };
    return { ...line, looked: "changed", now: { ...back, out_of_stock: false, on_shelf: true } };
  }
  const gone = { on_shelf: false, out_of_stock: true, facings: 0, shelf_stock: 0 };
  return { ...line, looked: "changed", now: { ...blank(line.last), ...line.now, ...gone } };
}

/** A figure put into a cell. @param {Line} line @param {Cell} cell @param {number | null} value
 * @returns {Line} */
function put(line, cell, value) {
  const now = { ...line.now, [cell]: value };
  if (line.beside) return { ...line, now, looked: "changed" };
  if (value !== null && value > 0 && (cell === "facings" || cell === "shelf_stock")) {
    now.on_shelf = true;
    now.out_of_stock = false;
  }
  if (cell === "price_minor" && value !== null && !now.out_of_stock) now.on_shelf = true;
  return { ...line, now, looked: "changed" };
}

/** @param {string} typed */
const figure = (typed) => (typed === "" ? null : Number(typed));

/** @param {Card} card @param {string} product @param {(line: Line) => Line} change @returns {Card} */
function withLine(card, product, change) {
  const where = isBeside(product) ? "beside" : "lines";
  const lines = (card[where] ?? []).map((line) => (line.product === product ? change(line) : line));
  return { ...card, [where]: lines };
}

/** The cell after one: the next in its line, then the first of the next line not looked at yet.
 * @param {Card} card @param {string} product @param {Cell} cell */
function nextCell(card, product, cell) {
  const cells = isBeside(product) ? BESIDE : CELLS;
  const n = cells.indexOf(cell) + 1;
  return n < cells.length ? { product, cell: cells[n], typed: "" } : null;
}

/**
 * One gesture of the rep: a swipe, a tap, or a key.
 * @typedef {{ does: "same" | "out" | "clear", product: string }
 *   | { does: "cell", product: string, cell: Cell }
 *   | { does: "flag", product: string, flag: "promotion_seen" | "on_shelf" }
 *   | { does: "expiry", product: string, day: string | null }
 *   | { does: "note", product: string, note: string }
 *   | { does: "key", key: string } | { does: "next" } | { does: "close" } | { does: "rest" }
 * } Gesture
 */

/** The card after one gesture. Pure: the card before is left as it is, for undo.
 * @param {Card} card @param {Gesture} gesture @returns {Card} */
export function touch(card, gesture) {
  const after = touched(card, gesture);
  return { ...after, gestures: card.gestures + 1 };
}

/** @param {Card} card @param {Gesture} gesture @returns {Card} */
function touched(card, gesture) {
  switch (gesture.does) {
    case "same": {
      const line = everything(card).find((one) => one.product === gesture.product);
      return line?.last ? { ...withLine(card, gesture.product, same), at: null } : card;
    }
    case "out":
      return { ...withLine(card, gesture.product, toggledOut), at: null };
    case "clear": {
      const made = withLine(card, gesture.product, cleared);
      const beside = made.beside?.filter((line) => line.last || line.looked !== "unseen");
      return { ...made, ...(beside && { beside }), at: null };
    }
    case "note":
      return withLine(card, gesture.product, (line) => ({ ...line, looked: "changed",
        now: { ...line.now, note: gesture.note || null } }));
    case "flag":
      return withLine(card, gesture.product, (line) => {
        const on = !(line.looked !== "unseen" && line.now[gesture.flag]);
        const gone = gesture.flag === "on_shelf" && !on ? { facings: 0, shelf_stock: 0 } : {};
        return { ...line, looked: "changed",
          now: { ...line.now, [gesture.flag]: on, ...gone } };
      });
    case "expiry":
      return withLine(card, gesture.product, (line) => ({ ...line, looked: "changed",
        now: { ...line.now, nearest_expiry: gesture.day } }));
    case "cell":
      return { ...card, at: { product: gesture.product, cell: gesture.cell, typed: "" } };
    case "next":
      return card.at ? { ...card, at: nextCell(card, card.at.product, card.at.cell) } : card;
    case "close":
      return { ...card, at: null };
    case "rest": {
      const rest = (/** @type {Line} */ one) =>
        (one.looked === "unseen" && one.last ? same(one) : one);
      const beside = card.beside?.map(rest);
      return { ...card, lines: card.lines.map(rest), ...(beside && { beside }), at: null };
    }
    default:
      return typed(card, gesture.key);
  }
}

/** A key of the number pad. @param {Card} card @param {string} key a digit or "back" @returns {Card} */
function typed(card, key) {
  if (!card.at) return card;
  const { product, cell } = card.at;
  const had = card.at.typed;
  const text = key === "back" ? had.slice(0, -1)
    : had.length < MOST_DIGITS ? (had + key).replace(/^0+(?=\d)/u, "") : had;
  const made = withLine(card, product, (line) => put(line, cell, figure(text)));
  return { ...made, at: { product, cell, typed: text } };
}

/** How far the card is, in products; what may be said to be as last time is also what stands beside
 * ours. @param {Card} card */
export function progress(card) {
  const count = (/** @type {Looked} */ looked) =>
    card.lines.filter((line) => line.looked === looked).length;
  const unseen = card.lines.filter((line) => line.looked === "unseen");
  return {
    all: card.lines.length,
    same: count("same"),
    changed: count("changed"),
    left: unseen.length,
    may_be_same: everything(card).filter((one) => one.looked === "unseen" && one.last).length,
    out: card.lines.filter((line) => line.looked !== "unseen" && line.now.out_of_stock).length,
  };
}

/** Lines as they are saved: only what somebody looked at. @param {Card} card @returns {Row[]} */
export function linesToSave(card) {
  return card.lines.filter((line) => line.looked !== "unseen").map((line) => ({
    product: line.product,
    ...Object.fromEntries(Object.entries(line.now).filter(([, value]) => value !== null)),
    on_shelf: Boolean(line.now.on_shelf),
  }));
}

/** Corrections of a saved card: of each line only the fields that say something else.
 * @param {Card} card @returns {(Row & { product: string })[]} */
export function linesToAmend(card) {
  return card.lines.flatMap((line) => {
    const names = differing(line);
    const told = Object.fromEntries(names.map((name) => [name, line.now[name] ?? null]));
    return names.length ? [{ product: line.product, ...told }] : [];
  });
}

/** What differs from the last card; a flag that is off says the same as none.
 * @param {Line} line @returns {string[]} names of fields */
export function differing(line) {
  if (line.looked === "unseen") return [];
  const isNone = (/** @type {any} */ value) => (value ?? false) === false;
  return KEPT.filter((name) => {
    const [now, last] = [line.now[name], line.last?.[name]];
    return now !== last && !(isNone(now) && isNone(last));
  });
}
