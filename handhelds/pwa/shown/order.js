// @ts-check
// The order pad, as plain data: a draft that is kept on every change, the sections it is filled
// from, and what it comes to. Prices and promotions are pad.js's; here is what a rep types.
//
// A draft has one line a product, in pieces. What travels is what a person would have typed: whole
// cases where it is whole cases, pieces otherwise, or the unit that was chosen on the keys.

import { parts } from "../stored/columns.js";
import { newestFirst } from "./store.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {{ product: string, quantity: number, uom: string }} Line */
/** @typedef {{ product: string, uom: string, typed: string }} Wanted */
/** @typedef {{ uom: string, each: number }} Unit */

/**
 * An order being written. `before`: the lines before each step, for undo, the newest last.
 * @typedef {object} Draft
 * @property {Line[]} lines
 * @property {Line[][]} before
 * @property {string | null} deliver_on null: the next open delivery day
 * @property {string} po_no
 * @property {string} note
 * @property {string | null} signature an SVG path
 * @property {string} signed_what what it was given for; see signedWhat
 * @property {boolean} asked the age of the copies was told and the rep goes on
 * @property {string | null} begun the day it was begun on
 * @property {string | null} on the day it was last gone on with
 */

/** So many steps can be taken back. */
const STEPS_KEPT = 50;
const MOST = 9_999_999;

/** @returns {Draft} */
export const newDraft = () => ({
  lines: [], before: [], deliver_on: null, po_no: "", note: "", signature: null, signed_what: "",
  asked: false, begun: null, on: null,
});

/** A draft as it was kept; a new one where nothing was, or nothing that can be read.
 * @param {any} kept @returns {Draft} */
export function draftOf(kept) {
  if (!kept || !Array.isArray(kept.lines)) return newDraft();
  return { ...newDraft(), ...kept, before: Array.isArray(kept.before) ? kept.before : [] };
}

/** A draft taken up on a day. One of an earlier day is asked anew what was true only then: the age
 * of the copies, and a delivery day that has passed.
 * @param {Draft} draft @param {string} today @param {string | null} next_delivery @returns {Draft} */
export function takenUp(draft, today, next_delivery) {
  if (draft.on === today) return draft;
  const { deliver_on } = draft;
  const is_past = deliver_on !== null && next_delivery !== null && deliver_on < next_delivery;
  const is_new = draft.lines.length === 0;
  return { ...draft, on: today, begun: is_new ? today : draft.begun, asked: false,
    deliver_on: is_past ? null : deliver_on };
}

/** The units a product is ordered by that are whole numbers of pieces, the smallest first.
 * @param {Row} product @returns {Unit[]} */
export function unitsOf(product) {
  const units = parts("product", "uoms", product.uoms)
    .filter((one) => (one.orderable ?? true) && one.num % one.den === 0 && one.num > 0)
    .map((one) => ({ uom: one.uom, each: one.num / one.den }));
  if (!units.length) return [{ uom: "each", each: 1 }];
  return units.sort((a, b) => a.each - b.each);
}

/** Pieces in a case; 1 where there is none, or it cannot be ordered. @param {Row} product */
export const caseOf = (product) =>
  unitsOf(product).find((one) => one.uom === "case")?.each ?? unitsOf(product).at(-1)?.each ?? 1;

/** The unit in which a quantity is told: the one that was typed if it is whole in it, else the
 * biggest it is whole in; null if it is whole in none.
 * @param {Unit[]} units @param {number} quantity @param {string} [typed] */
export function unitFor(units, quantity, typed) {
  const whole = units.filter((one) => quantity % one.each === 0);
  return whole.find((one) => one.uom === typed) ?? whole.at(-1) ?? null;
}

/** Lines as orders.js wants them. @param {Draft} draft
 * @param {(code: string) => Row | null} product @returns {Wanted[]} */
export function wantedOf(draft, product) {
  return draft.lines.map((line) => {
    const row = product(line.product);
    const unit = row && unitFor(unitsOf(row), line.quantity, line.uom);
    const each = unit ?? { uom: "each", each: 1 };
    return { product: line.product, uom: each.uom, typed: String(line.quantity / each.each) };
  });
}

/** What a store signs: these goods in these quantities, for this sum. With any of it changed, by
 * the rep or by a new price, it has not signed that.
 * @param {Draft} draft @param {{ net_minor: number }} total */
export const signedWhat = (draft, { net_minor }) =>
  [net_minor, ...draft.lines.map((one) => `${one.product} ${one.quantity}`)].join("\n");

/** What is in the draft of a product, in pieces. @param {Draft} draft @param {string} code */
export const quantityOf = (draft, code) =>
  draft.lines.find((line) => line.product === code)?.quantity ?? 0;

/** @param {Draft} draft @param {Line[]} lines @returns {Draft} */
function stepped(draft, lines) {
  return { ...draft, lines, before: [...draft.before, draft.lines].slice(-STEPS_KEPT) };
}

/** The draft with so many pieces of a product; none takes the line off. A new line comes last.
 * @param {Draft} draft @param {string} code @param {number} quantity @param {string} [uom]
 * @returns {Draft} */
export function put(draft, code, quantity, uom = "") {
  const whole = Math.min(MOST, Math.max(0, Math.trunc(quantity) || 0));
  const there = draft.lines.find((line) => line.product === code);
  if ((there?.quantity ?? 0) === whole && (!uom || there?.uom === uom)) return draft;
  const line = { product: code, quantity: whole, uom: uom || there?.uom || "" };
  const lines = there ? draft.lines.map((one) => (one === there ? line : one))
    : [...draft.lines, line];
  return stepped(draft, lines.filter((one) => one.quantity > 0));
}

/** Some more of a product, or fewer, in a unit. @param {Draft} draft @param {string} code
 * @param {Unit} unit @param {number} count @returns {Draft} */
export function more(draft, code, unit, count) {
  return put(draft, code, quantityOf(draft, code) + unit.each * count, unit.uom);
}

/** The draft before its last step. @param {Draft} draft @returns {Draft} */
export function undone(draft) {
  const lines = draft.before.at(-1);
  return lines ? { ...draft, lines, before: draft.before.slice(0, -1) } : draft;
}

/** At least so many of each: what is in the draft already is never lowered. @param {Draft} draft
 * @param {{ product: string, quantity: number, uom?: string }[]} wanted @returns {Draft} */
function filled(draft, wanted) {
  const lines = draft.lines.map((line) => ({ ...line }));
  for (const { product, quantity, uom = "" } of wanted) {
    if (quantity <= 0) continue;
    const there = lines.find((line) => line.product === product);
    if (!there) lines.push({ product, quantity, uom });
    else there.quantity = Math.max(there.quantity, quantity);
  }
  const same = lines.length === draft.lines.length &&
    lines.every((line, n) => line.quantity === draft.lines[n].quantity);
  return same ? draft : stepped(draft, lines);
}

/** Every suggestion taken, in one step. @param {Draft} draft @param {Row[]} suggestions */
export const acceptedAll = (draft, suggestions) =>
  filled(draft, suggestions.map(({ product, quantity }) => ({ product, quantity })));

/** What an earlier order had, as far as it may still be sold; `gone`: products that may not.
 * @param {Draft} draft @param {Row} order @param {(code: string) => Row | null} product
 * @returns {{ draft: Draft, gone: string[] }} */
export function repeated(draft, order, product) {
  /** @type {string[]} */
  const gone = [];
  const wanted = [];
  for (const line of parts("order", "lines", order.lines)) {
    const row = product(line.product);
    if (!row || row.status === "blocked" || row.status === "planned") gone.push(line.product);
    else wanted.push({ product: line.product, quantity: line.ordered ?? 0, uom: line.uom });
  }
  return { draft: filled(draft, wanted), gone };
}

/** The order that "repeat" repeats: the newest that was for sale and not refused.
 * @param {Row[]} orders @returns {Row | null} */
export function lastOrder(orders) {
  const sold = orders.filter((row) => (row.type ?? "sale") === "sale" &&
    !["rejected", "cancelled"].includes(row.state) && parts("order", "lines", row.lines).length);
  return newestFirst(sold)[0] ?? null;
}

/**
 * What the pad offers before anything is typed: what must be there and is missing, what is
 * suggested, what the store usually buys.
 * @param {Row[]} suggestions as suggested.js proposes them, gaps first
 */
export function sections(suggestions) {
  const missing = suggestions.filter((one) => one.missing);
  const rest = suggestions.filter((one) => !one.missing);
  return {
    missing,
    suggested: rest.filter((one) => one.quantity > 0),
    usual: rest.filter((one) => one.quantity <= 0),
    acceptable: suggestions.filter((one) => one.quantity > 0).length,
  };
}

/** What a draft must not lose of an order that is changed: products taken off, as nothing.
 * @param {Draft} draft @param {Row} order @param {(code: string) => Row | null} product
 * @returns {Wanted[]} */
export function revisedOf(draft, order, product) {
  const wanted = wantedOf(draft, product);
  const kept = new Set(wanted.map((one) => one.product));
  const gone = parts("order", "lines", order.lines).filter((line) => !kept.has(line.product));
  return [...wanted, ...gone.map((line) => ({ product: line.product, uom: line.uom, typed: "0" }))];
}

/** A draft that begins as an order stands. @param {Row} order @returns {Draft} */
export function draftOfOrder(order) {
  const lines = parts("order", "lines", order.lines)
    .map((line) => ({ product: line.product, quantity: line.ordered ?? 0, uom: line.uom }));
  return { ...newDraft(), lines: lines.filter((line) => line.quantity > 0) };
}

/** The order that nothing of this type was written about yet; else there is nothing to begin with.
 * @param {Row[]} orders @param {string} id @param {"sale" | "return"} type */
export function notAnswered(orders, id, type) {
  const is_answered = orders.some((row) => row.about === id && (row.type ?? "sale") === type &&
    row.outcome !== "rejected" && row.state !== "cancelled");
  return is_answered ? undefined : orders.find((row) => row.id === id);
}

/** A draft with what a change that came too late wanted more of. @param {Draft} draft
 * @param {{ more: Map<string, number> }} late @returns {Draft} */
export const withMore = (draft, { more: wanted }) => ({ ...draft,
  lines: Array.from(wanted, ([product, quantity]) => ({ product, quantity, uom: "" })) });

/** When each product was last bought here, and how much. @param {Row[]} orders
 * @returns {Map<string, { at: string, quantity: number }>} */
export function lastBought(orders) {
  /** @type {Map<string, { at: string, quantity: number }>} */
  const found = new Map();
  for (const order of newestFirst(orders)) {
    if ((order.type ?? "sale") !== "sale" || ["rejected", "cancelled"].includes(order.state)) continue;
    for (const line of parts("order", "lines", order.lines)) {
      if (!found.has(line.product) && line.ordered > 0) {
        found.set(line.product, { at: order.captured_at, quantity: line.ordered });
      }
    }
  }
  return found;
}

/** A proposal of suggested.js as the pad shows it. @param {any} one @returns {Row} */
export function suggestionLine({ product, suggestion, quantity, case: size, must_stock, missing,
  counted_on }) {
  return { product: product.id, name: product.name, quantity, cases: suggestion.cases, case: size,
    method: suggestion.method, flag: suggestion.flag, steps: suggestion.steps, must_stock, missing,
    counted_on };
}

/**
 * What the order does to the store's credit: what is left after it, and by how much it is over.
 * @param {Row} owed @param {number} net_minor
 */
export function creditAfter(owed, net_minor) {
  if (owed.room_minor === null) return { left_minor: null, over_minor: 0 };
  const left = owed.room_minor - net_minor;
  return { left_minor: Math.max(0, left), over_minor: Math.max(0, -left) };
}
