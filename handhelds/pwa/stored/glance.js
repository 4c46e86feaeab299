// @ts-check
// All that is looked at before the first screen, in one transaction; a browser takes longer to ask
// for sixty records than to draw a day.
//
// With it comes the day's list as it was last read. It may be drawn again while nothing that it was
// made of has changed: that says its stamp, which is read in the same moment. After an update of
// the app that shows it otherwise it is passed over: SHAPE says how it is made (a test holds the
// two together).

import { openedValue, sealValue } from "./seal.js";

/** @typedef {import("./idb.js").Database} Database */
/** @typedef {Awaited<ReturnType<typeof import("../shown/day.js").readDay>>} Day */

/** Counted up when shown/day.js gives another object. */
export const SHAPE = 2;
const KEPT = "day_shown";
const ORDERS = "order/";

/**
 * A day's list; `isWhole`: what needs the catalogue is in it.
 * @typedef {{ day: Day, isWhole: boolean }} Listed
 *
 * What was seen. `listed`: as it was last read; null where there is none that still holds.
 * @typedef {{ facts: Record<string, any>, marks: Record<string, any>,
 *   listed: Listed | null }} Glance
 */

/**
 * @param {Database} db @param {readonly string[]} facts @param {readonly string[]} marks
 * @returns {Promise<Glance>}
 */
export async function glance(db, facts, marks) {
  const tx = db.transaction(["fact", "mark", "change", "counter", "draft"]);
  const [stamped, kept, ...sealed] = await Promise.all([
    stampIn(tx),
    tx.objectStore("mark").get(KEPT),
    ...facts.map((name) => tx.objectStore("fact").get(name)),
    ...marks.map((name) => tx.objectStore("mark").get(name)),
  ]);
  const values = await Promise.all(sealed.map(openedValue));
  const found = await openedValue(kept).catch(() => null); // damaged: it is read anew
  return {
    facts: Object.fromEntries(facts.map((name, at) => [name, values[at]])),
    marks: Object.fromEntries(marks.map((name, at) => [name, values[facts.length + at]])),
    listed: found?.stamp === stamped ? found.listed : null,
  };
}

/** What a list of this moment is made of; to be asked before it is read. @param {Database} db */
export async function stamp(db) {
  return stampIn(db.transaction(["mark", "change", "counter", "draft"]));
}

/**
 * The copy's turn and what was taken from it, the newest change, the newest answer, the drafts.
 * @param {any} tx
 */
async function stampIn(tx) {
  const found = await Promise.all([
    ...["turn", "greyed"].map((name) => tx.objectStore("mark").get(name)),
    tx.objectStore("change").openKeyCursor(null, "prev")
      .then((/** @type {any} */ at) => at?.primaryKey),
    tx.objectStore("counter").get("answer"),
    tx.objectStore("draft").getAllKeys(IDBKeyRange.bound(ORDERS, `${ORDERS}\uffff`)),
  ]);
  return JSON.stringify([SHAPE, ...found.map((one) => one ?? null)]);
}

/**
 * Keep the list for the next start. What cannot be kept is read anew then.
 * @param {Database} db @param {string} stamped before the list was read @param {Listed} listed
 */
export async function keepDay(db, stamped, listed) {
  const sealed = await sealValue({ stamp: stamped, listed });
  const [, turn] = JSON.parse(stamped);
  const keep = async () => {
    const tx = db.transaction("mark", "readwrite");
    tx.done.catch(() => undefined); // told by what is asked of it
    const now = (await tx.store.get("turn")) ?? null;
    // Of a copy that was dropped meanwhile, maybe as another rep's, nothing may stay here.
    if (now === turn) await tx.store.put(sealed, KEPT);
  };
  await keep().catch(() => undefined);
}
