// @ts-check
// One tab of one handheld talks to the server at a time.
//
// The right to talk is a Web Lock, which the browser lets go when its tab dies. Browsers have them
// only where the address is https; elsewhere a note in the store says who talks and until when.

import { randomHex } from "./clock.js";

/** @typedef {import("./local.js").Local} Local */

/** A note is good for so long, and renewed by who talks. */
const NOTE_MS = 30_000;
const LOOK_MS = 1_000;

/**
 * Do something as the only tab that talks; waits until no other does.
 * @template T
 * @param {Local} local @param {() => Promise<T>} act @param {LockManager} [locks]
 * @returns {Promise<T>}
 */
export async function alone(local, act, locks = globalThis.navigator?.locks) {
  if (locks) return /** @type {Promise<T>} */ (locks.request(`talaria-sync-${local.name}`, act));
  const me = randomHex(8);
  while (!(await take(local, me))) await new Promise((done) => setTimeout(done, LOOK_MS));
  const renew = setInterval(() => void take(local, me).catch(() => false), NOTE_MS / 3);
  try {
    return await act();
  } finally {
    clearInterval(renew);
    await local.leaveTurn(me);
  }
}

/** @param {Local} local @param {string} me */
function take(local, me) {
  return local.takeTurn(me, Date.now(), NOTE_MS);
}
