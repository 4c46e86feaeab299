// @ts-check
// What a rep may do with an order that was taken: change it, cancel it, add to it, give some back.
//
// Every verb works offline, from what the copy says of the order; the server decides with what it
// knows then. An order is named by its store and its number (or id): its row will do. A draft is no
// row of its own: it is a text that came too late, because the office had cancelled the order, and
// that nobody has sent anew or dropped. So no crash can lose it.

import { lineBody } from "./visit.js";
import { Pad, totalMinor } from "./pad.js";
import { Refused } from "./refused.js";
import { linesOf } from "./stored/captured.js";
import { parts } from "./stored/columns.js";
import { byText } from "./terms/compare.js";
import { fraction } from "./terms/quantity.js";

/** @typedef {import("./local.js").Told} Told */
/** @typedef {import("./pad.js").Wanted} Wanted */
/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./visit.js").Rep} Rep */

/** An order: its store, and its number or id.
 * @typedef {{ store: string, number?: string, id?: string }} Named */

/** What a text that came too late was about. @typedef {{ change: string, number: string,
 *   order: string, store: string, lines: Row[], captured_at: string }} Draft */

/** States in which an order is over, and what is said of it then. */
const ENDED = new Map([
  ["rejected", "refused.order_rejected"], ["cancelled", "refused.order_cancelled"],
]);
const LATE = new Set(
  ["picking", "dispatched", "delivered", "invoiced", "closed", "returned"]);
export const DELIVERED = new Set(["delivered", "invoiced", "closed"]);
const DROPPED = "dropped_drafts";

/** An order of a reading; Refused when this handheld has none of it.
 * @param {Known} at @param {Named} named @returns {Row} */
export function orderOf(at, named) {
  const called = named.number ?? named.id ?? "";
  const captured = (/** @type {Row} */ row) => String(row.captured_at ?? "");
  const found = at.rows("order").filter((row) => row.number === called || row.id === called)
    .sort((one, other) => byText(captured(other), captured(one)));
  if (found[0] === undefined) throw new Refused("refused.no_order", { number: called });
  return found[0];
}

/** The lines of an order as objects. @param {Row} order */
export const linesNow = (order) => parts("order", "lines", order.lines);

/** Whether an order may still be changed or cancelled, as this handheld knows.
 * @param {Row} order */
export const isOpen = (order) => !ENDED.has(order.state) && !LATE.has(order.state);

/**
 * Change quantities of an order: products named get theirs, 0 takes a product off, the rest stays
 * as it is. Refused when it is too late.
 * @param {Rep} rep @param {Named} named @param {readonly Wanted[]} wanted
 * @param {string[]} [forget]
 */
export async function revise(rep, named, wanted, forget) {
  const at = await rep.at(named.store, "order");
  const order = orderOf(at, named);
  refuseLate(order, "refused.too_late_to_change");
  const left = new Map(wanted.map((one) => [one.product, one]));
  const kept = linesNow(order).map(({ product, typed, uom }) => {
    const one = left.get(product) ?? { product, typed, uom };
    left.delete(product);
    return one;
  });
  const lines = [...kept, ...left.values()].filter((one) => !isNothing(one.typed));
  if (lines.length === 0) throw new Refused("refused.nothing_left", { number: order.number });
  const priced = order.type === "return"
    ? goingBack(at, orderOf(at, { store: order.store, id: order.about ?? order.id }), lines,
      order.id)
    : new Pad(at).lines(lines);
  const { id, number, store, visit, type, about, deliver_on, po_no, note, currency } = order;
  const body = {
    id, number, store, visit, type, about, deliver_on, po_no, note, currency,
    net_minor: totalMinor(priced),
    lines: priced.map((line, n) => lineBody(n + 1, line)),
    base_revision: order.revision || 1,
  };
  const shown = { store, net_minor: body.net_minor, lines: linesOf("order", body.lines) };
  return rep.keep(at, "order", "revise", body, shown, forget);
}

/** What was typed stands for nothing. @param {string} typed */
function isNothing(typed) {
  return /^[0-9]+(?:\.[0-9]+)?$/.test(typed) && fraction(typed).num === 0n;
}

/** Cancel an order. Refused when it is being picked, or over.
 * @param {Rep} rep @param {Named} named @param {string} reason */
export async function cancel(rep, named, reason) {
  const at = await rep.at(named.store, "order");
  const order = orderOf(at, named);
  const over = ENDED.get(order.state);
  if (over !== undefined) throw new Refused(over, { number: order.number });
  refuseLate(order, "refused.too_late_to_cancel");
  const { id, store } = order;
  const body = { id, store, base_revision: order.revision || 1, reason };
  return rep.keep(at, "order", "cancel", body, { store, state: "cancelled" });
}

/**
 * Order more about an order that cannot be changed any more. Without lines: what the last change
 * that came too late wanted more of.
 * @param {Rep} rep @param {Named} named @param {readonly Wanted[]} [wanted]
 * @param {string[]} [forget]
 */
export async function supplement(rep, named, wanted = [], forget) {
  const order = orderOf(await rep.at(named.store, "order"), named);
  const lines = wanted.length > 0 ? wanted : pieces((await tooLate(rep, order)).more);
  if (lines.length === 0) throw new Refused("refused.nothing_to_add", { number: order.number });
  return rep.order(order.store, lines, { about: order.id, ...(forget && { forget }) });
}

/**
 * Give goods of a delivered order back. Without lines: what the last change that came too late
 * wanted less of. Refused when it is more than came.
 * @param {Rep} rep @param {Named} named @param {readonly Wanted[]} [wanted]
 * @param {string[]} [forget]
 */
export async function giveBack(rep, named, wanted = [], forget) {
  const at = await rep.at(named.store, "order");
  const order = orderOf(at, named);
  const given = wanted.length > 0 ? wanted : pieces((await tooLate(rep, order)).less);
  if (given.length === 0) throw new Refused("refused.nothing_back", { number: order.number });
  if (!DELIVERED.has(order.state)) throw new Refused("refused.not_come", { number: order.number });
  const lines = goingBack(at, order, given);
  const id = rep.newId();
  return rep.keepNumbered(at, "order", (number) => ({
    id,
    number,
    store: order.store,
    type: "return",
    about: order.id,
    currency: order.currency,
    net_minor: totalMinor(lines),
    lines: lines.map((line, n) => lineBody(n + 1, line)),
  }), forget);
}

/**
 * Lines of an order's goods that go back, at the prices they were sold at. Refused when it is more
 * than came.
 * @param {Known} at @param {Row} order @param {readonly Wanted[]} wanted
 * @param {string} [again] a return that is written anew, and does not count
 */
function goingBack(at, order, wanted, again) {
  const soldAt = new Map(linesNow(order).map((line) => [line.product, line.unit_price]));
  const left = returnable(at, order, again);
  const pad = new Pad(at);
  const lines = wanted.map((one) =>
    pad.goingBack(one, soldAt.get(one.product) ?? "0", order.currency));
  for (const { product, name, quantity } of lines) {
    const may = left.get(product) ?? 0;
    if (quantity > may) {
      throw new Refused("refused.more_than_came", { name, may, wanted: quantity });
    }
    left.set(product, may - quantity);
  }
  return lines;
}

/** Each of a product that came and was not given back yet, as far as this handheld knows.
 * @param {Known} at @param {Row} order
 * @param {string} [again] a return that is written anew, and does not count
 * @returns {Map<string, number>} */
export function returnable(at, order, again) {
  /** @type {Map<string, number>} */
  const left = new Map();
  const add = (/** @type {string} */ product, /** @type {number} */ each) =>
    left.set(product, (left.get(product) ?? 0) + each);
  for (const line of linesNow(order)) add(line.product, line.delivered ?? 0);
  for (const other of at.rows("order")) {
    if (other.about !== order.id || other.type !== "return") continue;
    if (ENDED.has(other.state) || other.outcome === "rejected" || other.id === again) continue;
    for (const line of linesNow(other)) add(line.product, (line.cut ?? 0) - line.ordered);
  }
  return new Map([...left].filter(([, each]) => each > 0));
}

/**
 * Each by product, that the newest change which came too late wanted more of, and less.
 * @param {Rep} rep @param {Row} order
 * @returns {Promise<{ more: Map<string, number>, less: Map<string, number> }>}
 */
export async function tooLate(rep, order) {
  const refused = ofRule(await rep.local.trail(), "order_under_way")
    .filter((one) => one.row_id === order.id);
  const more = new Map();
  const less = new Map();
  const newest = refused.at(-1)?.change;
  if (!newest) return { more, less };
  const mine = quantities(newest.body.lines, "quantity");
  const theirs = quantities(linesNow(order), "ordered");
  for (const product of [...new Set([...mine.keys(), ...theirs.keys()])].sort(byText)) {
    const step = (mine.get(product) ?? 0) - (theirs.get(product) ?? 0);
    if (step > 0) more.set(product, step);
    if (step < 0) less.set(product, -step);
  }
  return { more, less };
}

/**
 * Texts of orders that had been cancelled when they arrived, newest first. None is sent before the
 * rep asks for it.
 * @param {Rep} rep @returns {Promise<Draft[]>}
 */
export async function drafts(rep) {
  const dropped = new Set((await rep.local.fact(DROPPED)) ?? []);
  const trail = await rep.local.trail();
  const sent = new Set(
    trail.filter((one) => one.kind === "order" && one.act === "submit")
      .map((one) => one.change?.body.about));
  return ofRule(trail, "order_cancelled").reverse().flatMap(({ id, change, captured_at }) => {
    const body = change?.body;
    if (!body || dropped.has(id) || sent.has(body.id)) return [];
    const { number, id: order, store, lines } = body;
    return [{ change: id, number, order, store, lines, captured_at }];
  });
}

/** Make a new order of the draft from a cancelled order, at today's prices.
 * @param {Rep} rep @param {string} number of the cancelled order @param {string[]} [forget] */
export async function sendDraft(rep, number, forget) {
  const draft = await draftOf(rep, number);
  const wanted = draft.lines.map(({ product, typed, uom }) => ({ product, typed, uom }));
  const note = `from cancelled no. ${number}`;
  return rep.order(draft.store, wanted, { about: draft.order, note, ...(forget && { forget }) });
}

/** Leave a draft be: it is not shown any more. @param {Rep} rep @param {string} number */
export async function dropDraft(rep, number) {
  const { change } = await draftOf(rep, number);
  const dropped = (await rep.local.fact(DROPPED)) ?? [];
  await rep.local.keepFact(DROPPED, [...dropped, change]);
}

/** A draft that was left be, shown again. @param {Rep} rep @param {string} change the draft's */
export async function keepDraft(rep, change) {
  const dropped = (await rep.local.fact(DROPPED)) ?? [];
  await rep.local.keepFact(DROPPED, dropped.filter((/** @type {string} */ one) => one !== change));
}

/** @param {Rep} rep @param {string} number */
async function draftOf(rep, number) {
  const found = (await drafts(rep)).find((one) => one.number === number);
  if (found === undefined) throw new Refused("refused.no_draft", { number });
  return found;
}

/** Changes of orders that a rule refused, oldest first.
 * @param {Told[]} trail newest first @param {string} rule */
function ofRule(trail, rule) {
  return trail.filter((one) => one.act === "revise" && one.outcome === "rejected" &&
    (one.verdict?.conflicts ?? []).some((/** @type {Row} */ told) => told.rule === rule)).reverse();
}

/** @param {Row} order @param {string} key */
function refuseLate(order, key) {
  if (LATE.has(order.state)) throw new Refused(key, { number: order.number });
}

/** @param {Row[]} lines @param {string} name @returns {Map<string, number>} */
function quantities(lines, name) {
  const found = new Map();
  for (const line of lines) {
    found.set(line.product, (found.get(line.product) ?? 0) + line[name]);
  }
  return found;
}

/** @param {Map<string, number>} each @returns {Wanted[]} */
function pieces(each) {
  return Array.from(each, ([product, quantity]) => ({ product, typed: String(quantity) }));
}
