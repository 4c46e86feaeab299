// @ts-check
// The answers kept here beside the receipts of a server that lost time: what stands there now?

import { openedValue, sealValue } from "./seal.js";
import { store } from "./field.js";
import { take, waitingAgain } from "./verdicts.js";

/** @typedef {import("../answers.js").Verdict} Verdict */
/** @typedef {import("./field.js").Transaction} Transaction */
/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./work.js").Kept} Kept */

/**
 * What comparing found. lacking: the server does not have them; anothers: their numbers are
 * another's; anew: decided otherwise; more: the number to go on from, null when all is compared.
 * @typedef {{lacking: Kept[], anothers: Kept[],
 *   anew: {known: Kept, one: Verdict, sealed: string}[], more: number | null}} Found
 */

/**
 * The least number from `fromN` to `upTo` of a change that was answered, `but` for these ids.
 * @param {Database} db @param {number} fromN @param {number} [upTo] @param {Set<string>} [but]
 * @returns {Promise<number | null>}
 */
export async function answeredFrom(db, fromN, upTo = Infinity, but = new Set()) {
  const index = db.transaction("change").objectStore("change").index("n");
  let at = await index.openCursor(IDBKeyRange.lowerBound(fromN));
  while (at !== null && at.value.n <= upTo) {
    if (at.value.outcome !== null && !but.has(at.value.id)) return at.value.n;
    at = await at.continue();
  }
  return null;
}

/**
 * @param {Database} db @param {Verdict[]} verdicts receipts of a row, from number `fromN` on
 * @param {number} fromN @returns {Promise<Found>}
 */
export async function compared(db, verdicts, fromN) {
  const there = new Map(verdicts.filter(({ n }) => n >= fromN).map((one) => [one.n, one]));
  const last = there.size ? Math.max(...there.keys()) : null;
  const range =
    last === null ? IDBKeyRange.lowerBound(fromN) : IDBKeyRange.bound(fromN, last);
  /** @type {Kept[]} */
  const every = await db.getAllFromIndex("change", "n", range);
  const more = last === null ? null : await answeredFrom(db, last + 1);
  /** @type {Found} */
  const found = { lacking: [], anothers: [], anew: [], more };
  for (const known of every.filter((one) => one.outcome !== null)) {
    const one = there.get(/** @type {number} */ (known.n));
    if (one === undefined) {
      found.lacking.push(known); // a damaged one does not go, and is shown to the rep
    } else if (one.id !== known.id) {
      found.anothers.push(known);
    } else if (said(one) !== (await saidBefore(known))) {
      found.anew.push({ known, one, sealed: await sealValue(one) });
    }
  }
  return found;
}

/** What a verdict says; a repeat is marked as one. @param {Verdict} one */
function said({ outcome, says, state, refs, conflicts }) {
  return JSON.stringify([outcome, says ?? "", state ?? null, refs ?? {}, conflicts ?? []]);
}

/** What was answered; null where a failing disk has damaged it. @param {Kept} known */
async function saidBefore(known) {
  try {
    return said(await openedValue(known.verdict));
  } catch {
    return null;
  }
}

/**
 * Inside the transaction that keeps it.
 * @param {Transaction} tx @param {Found} found @param {string} now @param {string} epoch
 */
export async function settle(tx, { lacking, anothers, anew }, now, epoch) {
  const changes = store(tx, "change");
  let [answered, shared] = [0, anothers.length];
  /** As it is by now. @param {Kept} one @returns {Promise<Kept>} */
  const current = async (one) => (await changes.get(one.seq)) ?? one;
  for (const one of lacking) await changes.put(waitingAgain(await current(one)));
  for (const one of anothers) await changes.put({ ...(await current(one)), moved: true });
  for (const { known, one, sealed } of anew) {
    if (await take(tx, await current(known), one, sealed, now, epoch)) answered += 1;
    else shared += 1;
  }
  return { answered, offeredAgain: lacking.length, shared };
}
