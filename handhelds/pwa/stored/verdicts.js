// @ts-check
// What the answer to a push changes in the store of changes; inside the transaction that keeps it.

import { instant } from "../clock.js";
import { countUp, store } from "./field.js";

/** @typedef {import("../answers.js").Verdict} Verdict */
/** @typedef {import("./field.js").Transaction} Transaction */
/** @typedef {import("./work.js").Kept} Kept */

const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/** A change that waits once more. @param {Kept} one @returns {Kept} */
export function waitingAgain(one) {
  return { ...one, outcome: null, waits: 1, live: one.kinds };
}

/**
 * @param {Transaction} tx @param {{one: Verdict, sealed: string}[]} verdicts @param {string} now
 * @param {string} epoch
 */
export async function takeVerdicts(tx, verdicts, now, epoch) {
  let [answered, shared] = [0, 0];
  for (const { one, sealed } of verdicts) {
    /** @type {Kept | undefined} */
    const known = await store(tx, "change").index("id").get(one.id);
    if (known === undefined || known.n !== one.n || known.outcome === one.outcome) continue;
    if (known.outcome !== null && known.outcome !== "waiting") continue;
    if (await take(tx, known, one, sealed, now, epoch)) answered += 1;
    else shared += 1;
  }
  return { answered, shared };
}

/**
 * Keep the answer to a change. False: it is none, but says for the first time that a copy of us was
 * before us.
 * @param {Transaction} tx @param {Kept} known @param {Verdict} one @param {string} sealed
 * @param {string} now @param {string} epoch
 */
export async function take(tx, known, one, sealed, now, epoch) {
  const reused = (one.conflicts ?? []).some((conflict) => conflict.rule === "id_reused");
  if (reused && !known.moved) {
    await store(tx, "change").put({ ...known, moved: true });
    return false;
  }
  const { waits: _, ...rest } = known;
  const answer = await countUp(tx, "answer");
  const told = {
    outcome: one.outcome,
    verdict: sealed,
    answered_at: now,
    epoch,
    answer,
    read_at: null,
    moved: false,
    live: known.kinds,
  };
  await store(tx, "change").put({ ...rest, ...told });
  return true;
}

/**
 * Put changes back that the server once answered and no longer knows; how many.
 *
 * After a loss of time all above its mark, whatever else waits; what the mark counts is to be
 * compared. Otherwise those that come before all that waits, once an epoch and mark: a server that
 * repeats itself must not make us send for ever. Those older than 90 days are not here any more.
 * @param {Transaction} tx @param {number} mark @param {boolean} lost @param {Set<string>} fresh
 */
export async function offerAgain(tx, mark, lost, fresh) {
  /** @type {Kept[]} */
  const above = await store(tx, "change").index("n").getAll(IDBKeyRange.lowerBound(mark, true));
  /** @type {Kept[]} */
  const waiting = lost ? [] : await store(tx, "change").index("waits").getAll(1);
  const least = Math.min(...waiting.map((one) => one.n ?? Infinity));
  const again = above.filter(
    (one) => one.outcome !== null && !fresh.has(one.id) && (lost || (one.n ?? 0) < least),
  );
  for (const one of again) await store(tx, "change").put(waitingAgain(one));
  return again.length;
}

/**
 * Forget what was answered 90 days ago: no server loses more than that.
 * @param {Transaction} tx
 * @param {number} now
 */
export async function dropOld(tx, now) {
  const range = IDBKeyRange.upperBound(instant(now - KEPT_MS), true);
  /** @type {Kept[]} */
  const old = await store(tx, "change").index("answered_at").getAll(range);
  for (const one of old) if (one.outcome !== null) await store(tx, "change").delete(one.seq);
}
