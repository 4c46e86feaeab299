// @ts-check
// What needs the rep: items of the inbox that the rep may answer, and the answering, offline.
//
// An answer is a change like any other: kept in the outbox, laid over its item until the server has
// answered, and told in its verdict whether it came in time.

import { Refused } from "./refused.js";
import { parts } from "./stored/columns.js";
import { byParts } from "./terms/compare.js";

/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./visit.js").Rep} Rep */

/** What needs reads. */
export const KINDS = ["conflict"];

/** Item -> the body of the rep's own answer to it that the server has not answered yet.
 * @param {Rep} rep @param {Known} at @returns {Promise<Map<string, Row>>} */
async function given(rep, at) {
  /** @type {Map<string, Row>} */
  const found = new Map();
  if (!at.waiting.some(({ kind }) => kind === "conflict")) return found;
  for (const { kind, change } of (await rep.local.trail({ waiting: true })).reverse()) {
    if (kind === "conflict" && change) found.set(change.body.conflict, change.body);
  }
  return found;
}

/** Items the rep may answer, the most urgent first; `answers` as objects, `given`: the answer on
 * its way. @param {Rep} rep @param {Known} at @returns {Promise<Row[]>} */
export async function waiting(rep, at) {
  const mine = await given(rep, at);
  const rank = (/** @type {Row} */ row) =>
    [Number(row.due_at === null), row.due_at ?? "", row.at ?? "", row.id];
  return at.rows("conflict")
    .filter((row) => row.state === "waiting" && row.answers?.length > 0)
    .sort((one, other) => byParts(rank(one), rank(other)))
    .map((row) => ({
      ...row,
      answers: parts("conflict", "answers", row.answers),
      given: mine.get(row.id) ?? null,
    }));
}

/**
 * Answer an item with one of its answers (by name). Refused says why not; nothing is saved then.
 * @param {Rep} rep @param {string} id @param {string} name @param {string | null} [note]
 */
export async function answer(rep, id, name, note = null) {
  const item = (await rep.local.rows("conflict")).find((row) => row.id === id);
  const store = item?.store ?? null;
  const isHere = store !== null && (await rep.local.row("store", store, store)) !== null;
  const at = await rep.at(isHere ? store : null, ...KINDS);
  const row = (await waiting(rep, at)).find((one) => one.id === id);
  if (row === undefined) throw new Refused("refused.not_waiting");
  if (row.given !== null) throw new Refused("refused.answered_already");
  const chosen = row.answers.find((/** @type {Row} */ one) => one.name === name);
  if (chosen === undefined) throw new Refused("refused.no_such_answer");
  const body = { id: rep.newId(), conflict: row.id, answer: name, note, ...(store && { store }) };
  const saved = await rep.keep(at, "conflict", "answer", body, { id: body.id, scope: row.scope });
  return { ...saved, answer: name, says: chosen.says, conflict: row.id };
}
