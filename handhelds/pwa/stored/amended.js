// @ts-check
// More told with a change that was saved and never put into a batch: it goes as one change.
//
// Where a visit began is known some seconds after it began. A change of its own would cost another
// sync on a thin line, and would stand in the way of undoing the first.

import { store } from "./field.js";
import { hashOf } from "./hash.js";
import { openedValue, seal, sealValue } from "./seal.js";
import { openedRaw } from "./work.js";

/** @typedef {import("./work.js").Kept} Kept */
/** @typedef {import("./work.js").Working} Working */

/** So often it is made anew because something else was told meanwhile. */
const MOST_TURNS = 5;

/**
 * Tell these fields with a change, and show them in its row. "sent": it has its number by now, so
 * another change must tell them. "gone": it was taken back, and there is nothing to tell of.
 * @param {Pick<Working, "db" | "writing" | "tell">} field @param {string} changeId
 * @param {Record<string, any>} body @param {Record<string, any>} row
 * @returns {Promise<"told" | "sent" | "gone">}
 */
export async function amend(field, changeId, body, row) {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    /** @type {Kept | undefined} */
    const found = await field.db.getFromIndex("change", "id", changeId);
    const change = found && (await openedRaw(found));
    if (!found || !change) return "gone";
    if (found.n !== undefined || found.outcome !== null) return "sent";
    const raw = JSON.stringify({ ...change, body: { ...change.body, ...body } });
    const [first, ...rest] = await openedValue(found.rows);
    const shown = [{ ...first, row: { ...first.row, ...row } }, ...rest];
    const [sealed, rows] = await Promise.all([seal(raw), sealValue(shown)]);
    const is_told = await field.writing(["change"], async (tx) => {
      /** @type {Kept | undefined} */
      const now = await store(tx, "change").get(found.seq);
      if (now?.raw !== found.raw || now.n !== undefined || now.outcome !== null) return false;
      await store(tx, "change").put({ ...now, raw: sealed, hash: hashOf(raw), rows });
      return true;
    });
    if (!is_told) continue; // sent, taken back, or told more by another tab
    field.tell("rows", { kinds: found.kinds });
    field.tell("queue");
    return "told";
  }
  return "sent";
}
