// @ts-check
// What was begun and not saved, wherever it is, and orders whose change came after the office had
// cancelled them: as plain data, each with the way to it.

import { draftOf } from "./order.js";
import { newestFirst } from "./store.js";

/** @typedef {Record<string, any>} Row */

/**
 * Something begun: `what` names its sentence, `n` counts its lines, `on` is the day it was begun.
 * @typedef {object} Begun
 * @property {string} key of the draft
 * @property {"order" | "change" | "more" | "back" | "card" | "amend" | "pay" | "new_store" |
 *   "store"} what
 * @property {string | null} store its id
 * @property {string} name of the store, or what it is to be called
 * @property {number} n
 * @property {string | null} on
 * @property {string} path where it is gone on with
 */

/** How many lines there are of something. @type {Record<string, (value: any) => number>} */
const COUNT = {
  lines: (value) => value?.lines?.length ?? 0,
  seen: (value) => [...value?.lines ?? [], ...value?.beside ?? []].filter(
    (/** @type {Row} */ one) => one.looked !== "unseen" && !(one.saved && one.looked === "same"),
  ).length,
  names: (value) => Object.keys(value ?? {}).length,
  money: (value) => Number(Boolean(value?.typed)),
  form: (value) => Number(Object.values(value ?? {}).some(Boolean)),
};

/** A draft's key: what it is, how its lines are counted, where it is gone on with.
 * @type {[RegExp, Begun["what"], keyof typeof COUNT,
 *   (store: string, other: string) => string][]} */
const KEYS = [
  [/^order\/([^/]+)$/, "order", "lines", (store) => `/store/${store}/order`],
  [/^order\/([^/]+)\/revise\/(.+)$/, "change", "lines",
    (store, order) => `/store/${store}/order?revise=${order}`],
  [/^order\/([^/]+)\/about\/(.+)$/, "more", "lines",
    (store, order) => `/store/${store}/order?about=${order}`],
  [/^order\/([^/]+)\/back\/(.+)$/, "back", "names",
    (store, order) => `/store/${store}/back/${order}`],
  [/^card\/([^/]+)$/, "card", "seen", (store) => `/store/${store}/card`],
  [/^card\/([^/]+)\/amend\/.+$/, "amend", "seen", (store) => `/store/${store}/card/amend`],
  [/^pay\/(.+)$/, "pay", "money", (store) => `/store/${store}/money`],
  [/^store\/new$/, "new_store", "form", () => "/stores/new"],
  [/^store\/(.+)$/, "store", "form", (store) => `/store/${store}/edit`],
];

/** One draft; null where it is none of these, or nothing is in it. @param {string} key
 * @param {any} value @param {(store: string) => string | undefined} nameOf
 * @returns {Begun | null} */
export function begunOf(key, value, nameOf) {
  for (const [shape, what, counted, pathOf] of KEYS) {
    const found = shape.exec(key);
    if (!found) continue;
    const n = COUNT[counted](value);
    if (!n) return null;
    const store = found[1] ?? null;
    const name = store ? nameOf(store) : value.name ?? "";
    // A store that is not the rep's any more: there is nowhere to go on.
    return name === undefined ? null : { key, what, store, name, n,
      on: value.begun ?? null, path: pathOf(found[1] ?? "", found[2] ?? "") };
  }
  return null;
}

/**
 * @param {any} local @param {Row[]} late as verbs.drafts() gives them
 * @returns {Promise<{ begun: Begun[], late: Row[] }>}
 */
export async function readDrafts(local, late) {
  const [drafts, stores] = await Promise.all([local.drafts(), local.rows("store")]);
  const names = new Map(stores.map((/** @type {Row} */ row) => [row.id, String(row.name ?? "")]));
  const begun = drafts.flatMap((/** @type {{ key: string, value: any }} */ one) =>
    begunOf(one.key, one.value, (store) => names.get(store)) ?? []);
  return {
    begun: /** @type {Begun[]} */ (newestFirst(begun, "on")),
    late: late.map((one) => ({ ...one, name: names.get(one.store) ?? "" })),
  };
}

/** Where a new order in the place of a cancelled one is drafted. @param {Row} late */
const keyOf = ({ store, order }) => `order/${store}/about/${order}`;

/** An order that was cancelled meanwhile becomes a draft of a new one; what was typed into that one
 * since stays. @param {any} local @param {Row} late as verbs.drafts() gives it */
export async function takeUp(local, late) {
  const key = keyOf(late);
  if ((await local.draft(key))?.lines?.length) return;
  await local.keepDraft(key, draftOf({ lines: linesOf(late) }));
}

/** The lines of an order or of a draft, as a draft has them. @param {Row} one */
const linesOf = ({ lines }) => lines.map((/** @type {Row} */ line) =>
  ({ product: line.product, quantity: line.quantity, uom: line.uom }));

/** Whether the rep looked at such an order and began to change it: then it cannot be sent as it
 * came. @param {any} local @param {Row} late as verbs.drafts() gives it */
export async function isCorrected(local, late) {
  const begun = await local.draft(keyOf(late));
  if (!begun?.lines?.length) return false;
  const typed = [begun.deliver_on, begun.po_no, begun.note, begun.signature].some(Boolean);
  const lines = [begun, late].map((one) => JSON.stringify(linesOf(one)));
  return typed || lines[0] !== lines[1];
}

/** Such an order is sent as it came. What a look at it had begun goes with that, or it would be
 * sent a second time; `undo` brings back both.
 * @param {any} local @param {any} verbs @param {Row} late
 * @returns {Promise<{ row: Row, undo: () => Promise<void> }>} */
export async function sendLate(local, verbs, late) {
  const key = keyOf(late);
  const begun = await local.draft(key);
  const row = await verbs.sendDraft(late.number, [key]);
  const undo = async () => {
    await verbs.undo(row.change);
    if (begun) await local.keepDraft(key, begun);
  };
  return { row, undo };
}

/** What of a store is begun, for its own screen. @param {any} local @param {string} store */
export async function begunAt(local, store) {
  const found = await Promise.all(["order", "card", "pay", "store"].map((kind) =>
    local.drafts(`${kind}/${store}`)));
  return found.flat().flatMap(({ key, value }) => begunOf(key, value, () => "") ?? []);
}
