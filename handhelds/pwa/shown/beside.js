// @ts-check
// What stands beside ours: the competitor lines of a visit card, filled in like its products. The
// names of last time stand there in grey and count for nothing until the rep has looked. A name is
// told apart however it was spaced and capitalised.

import { parts } from "../stored/columns.js";
import { lastBeside, newestFirst } from "./store.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("./card.js").Card} Card */
/** @typedef {import("./card.js").Cell} Cell */
/** @typedef {import("./card.js").Line} Line */

/** Cells of a line, in the order in which the key "next" goes through them. @type {Cell[]} */
export const BESIDE = ["facings", "price_minor"];

/** A card takes so many (PROTOCOL.md section 3). */
export const MOST_BESIDE = 50;

/** What is carried over from the last card; a note is of its day. */
const KEPT = ["price_minor", "facings", "promotion_seen"];

/** What a line is saved with. */
const SAVED = [...KEPT, "note"];

/** No code of a product holds a tab, so no line of one is ever taken for a line of the other. */
const MARK = "\t";

/** @param {string} key the `product` of a line */
export const isBeside = (key) => key.startsWith(MARK);

/** @param {string} name */
const tidy = (name) => name.trim().replace(/\s+/gu, " ");

/** @param {string} name */
const keyOf = (name) => MARK + tidy(name).normalize("NFC").toLowerCase();

/** @param {Row | null} last @returns {Row} */
export const blankBeside = (last) =>
  ({ note: null, ...Object.fromEntries(KEPT.map((name) => [name, last?.[name] ?? null])) });

/** @param {string} name @param {Row | null} last @param {Line["looked"]} looked @returns {Line} */
const lineOf = (name, last, looked) => ({ product: keyOf(name), name, must: false, min_facings: 0,
  last, now: blankBeside(last), looked, beside: true });

/** Lines to look at: those of the newest card that has any. @param {Row[]} cards
 * @returns {Line[]} */
export function besideOf(cards) {
  const found = new Map(lastBeside(cards)?.lines.map((one) => [keyOf(one.name), one]));
  return [...found.values()].map((one) => lineOf(one.name, one, "unseen"));
}

/** Names of earlier cards that are not on this one, newest first. @param {Row[]} cards
 * @param {Card} card @returns {string[]} */
export function otherNames(cards, card) {
  const here = new Set((card.beside ?? []).map((line) => line.product));
  const found = new Map();
  const all = newestFirst(cards).flatMap((one) => parts("card", "competitors", one.competitors));
  for (const { name } of all) {
    if (!here.has(keyOf(name)) && !found.has(keyOf(name))) found.set(keyOf(name), name);
  }
  return [...found.values()];
}

/** The card with a line of this name, its first cell ready for the keys.
 * @param {Card} card @param {string} typed @returns {Card} */
export function withBeside(card, typed) {
  const [name, product] = [tidy(typed), keyOf(typed)];
  const lines = card.beside ?? [];
  const at = { product, cell: BESIDE[0], typed: "" };
  if (!name) return card;
  if (lines.some((line) => line.product === product)) return { ...card, at };
  if (lines.length >= MOST_BESIDE) return card;
  return { ...card, beside: [...lines, lineOf(name, null, "changed")], at };
}

/** Lines as they are saved: only what somebody looked at. @param {Card} card @returns {Row[]} */
export function competitorsToSave(card) {
  return (card.beside ?? []).filter((line) => line.looked !== "unseen").map((line) => ({
    name: line.name,
    ...Object.fromEntries(SAVED.map((name) => [name, line.now[name] ?? null])
      .filter(([, value]) => value !== null && value !== "")),
  }));
}
