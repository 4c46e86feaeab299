// @ts-check
// What became of the rep's work, as plain data: what waits, what was received, what needs the rep,
// and what the office said since. The same as the screens outbox, verdicts and needs of the
// reference handheld.

import { byText } from "../terms/compare.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("../local.js").Local} Local */
/** @typedef {import("../local.js").Told} Told */

/** How what the server told is said: told.js in the language chosen, or as it came.
 * @typedef {{ conflict: (row: Row) => string, verdict: (row: Row) => string,
 *   button: (answer: Row) => string }} Saying */

/** @type {Saying} */
const AS_IT_CAME = { conflict: (row) => row.says, verdict: (row) => row.says,
  button: (answer) => answer.says };

/**
 * One thing done, as the list shows it.
 * @typedef {object} Line
 * @property {string} id of the change
 * @property {string} key the sentence that says what it was: "change.order.submit"
 * @property {Record<string, string | number>} values of that sentence
 * @property {string} store its name; "" where it is not here any more
 * @property {string} captured_at
 * @property {Told["state"]} state
 * @property {string | null} outcome
 * @property {string[]} says a sentence for each thing that went otherwise
 * @property {boolean} undoable
 * @property {boolean} damaged
 * @property {boolean} unread it says more than "taken as sent", and was not read
 */

/** Sentences there are; others are told by their kind alone. */
const TOLD = new Set([
  "order.submit", "order.revise", "order.cancel", "card.submit", "card.amend", "visit.save",
  "collection.submit", "plan_stop.save", "conflict.answer", "store.edit", "store.create",
  "contact.save", "contact.remove",
]);

/** @param {Told} one @param {string} store @param {Saying} [saying] @returns {Line} */
export function lineOf(one, store, saying = AS_IT_CAME) {
  const body = one.change?.body ?? {};
  const name = `${one.kind}.${one.act}`;
  const visit = name === "visit.save" ? `.${body.state}` : "";
  return {
    id: one.id,
    key: one.damaged ? "change.damaged" : TOLD.has(name) ? `change.${name}${visit}` : "change.other",
    values: {
      kind: one.kind,
      number: body.number ?? "",
      n: body.lines?.length ?? 0,
      name: body.name ?? body.set?.name ?? "",
      day: body.day ?? "",
    },
    store,
    captured_at: one.captured_at,
    state: one.state,
    outcome: one.outcome,
    says: saysOf(one.verdict, saying),
    undoable: one.undoable,
    damaged: one.damaged,
    unread: Boolean(one.outcome && one.outcome !== "applied" && !one.read_at),
  };
}

/** What a verdict says: of each thing that went otherwise, or else of the whole.
 * @param {Row | null} verdict @param {Saying} saying @returns {string[]} */
function saysOf(verdict, saying) {
  const told = (verdict?.conflicts ?? []).map(saying.conflict).filter(Boolean);
  return told.length || !verdict?.says ? told : [saying.verdict(verdict)];
}

/** Everything the rep did, newest first, and how the copy stands.
 * @param {Local} local @param {Saying} [saying] */
export async function readTrail(local, saying = AS_IT_CAME) {
  const [trail, names, pulled_at, as_of, queue, partial, owed] = await Promise.all([
    local.trail(), namesOf(local), local.copy.mark("pulled_at"), local.copy.mark("as_of"),
    local.queue(), local.copy.mark("partial"), local.rows("receivable"),
  ]);
  const owed_as_of = owed.map((row) => String(row.as_of ?? "")).sort(byText).at(-1);
  const lines = trail.map((one) => lineOf(one, names.get(one.store) ?? "", saying));
  return {
    waiting: lines.filter((one) => one.state === "saved" || one.state === "waiting"),
    received: lines.filter((one) => one.state === "received" || one.state === "needs"),
    needs: lines.filter((one) => one.unread).length,
    pending: queue.pending,
    oldest: queue.oldest,
    pulled_at: pulled_at ?? null,
    partial: Boolean(partial),
    stock_as_of: as_of?.stock ?? null,
    credit_as_of: as_of?.receivable ?? (owed_as_of || null),
  };
}

/**
 * What the office said of the rep's work, newest first: not what the rep may answer, not what a
 * verdict told already unless it was resolved since, and only what was not read.
 * @param {Local} local @param {Row[]} items as verbs.needs() gives them
 * @returns {Promise<Row[]>}
 */
async function noticesOf(local, items) {
  const [conflicts, seen, trail] = await Promise.all([
    local.rows("conflict"), local.seen(), local.trail(),
  ]);
  const answerable = new Set(items.map((row) => row.id));
  const told = new Set(trail.flatMap((one) =>
    (one.verdict?.conflicts ?? []).map((/** @type {Row} */ conflict) => conflict.id)));
  const at = (/** @type {Row} */ row) => String(row.resolved_at ?? row.at ?? "");
  return conflicts
    .filter((row) => (seen.get(row.id) ?? -1) < row.version && !answerable.has(row.id))
    .filter((row) => !told.has(row.id) || row.resolution)
    .sort((one, other) => byText(at(other), at(one)));
}

/** How many things wait for the rep's answer or eye. @param {Local} local @param {Row[]} items */
export async function countNeeds(local, items) {
  const [unread, notices] = await Promise.all([local.unread(), noticesOf(local, items)]);
  return items.filter((one) => one.given === null).length + unread.length + notices.length;
}

/**
 * What needs the rep: items to answer, verdicts to read, notices of the office.
 * @param {Local} local @param {Row[]} items as verbs.needs() gives them @param {Saying} [saying]
 */
export async function readNeeds(local, items, saying = AS_IT_CAME) {
  const [unread, notices, names] = await Promise.all([
    local.unread(), noticesOf(local, items), namesOf(local),
  ]);
  const stores = [...new Set([...items, ...notices].map((row) => row.store))].filter(Boolean);
  const read = await Promise.all(stores.map((store) => local.rows("order", store)));
  const orders = new Map(read.flat().map((row) => [row.id, row]));
  /** @param {Row} row @returns {any} */
  const shown = (row) => ({
    ...row,
    says: row.says ? saying.conflict(row) : row.message,
    store_name: names.get(row.store) ?? "",
    number: orders.get(row.order_id)?.number ?? "",
  });
  return {
    items: items.map((row) => ({ ...shown(row), answers: row.answers.map(
      (/** @type {Row} */ one) => ({ ...one, says: saying.button(one) })) })),
    unread: unread.reverse().map((one) => lineOf(one, names.get(one.store) ?? "", saying)),
    notices: notices.map(shown),
  };
}

/** @param {Local} local */
async function namesOf(local) {
  return new Map((await local.rows("store")).map((row) => [row.id, String(row.name ?? "")]));
}
