// The PIN that locks the screen: a finder or a child does not read or write with it.
//
// It is a lock of the screen, not of the disk: four to eight digits protect against nobody who reads
// the disk itself; encryption at rest is stored/seal.js's matter. What is kept is a salted hash,
// stretched; wrong tries make the next one wait longer. Forgotten, the office enrols anew: the work
// stays.

import { randomHex } from "./clock.js";
import { sha256Hex } from "./stored/hash.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {{salt: string, hash: string, rounds: number, tries: number, until: number,
 *   after_ms: number}} Kept */

const ROUNDS = 20_000;
const FREE_TRIES = 4;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** Out of sight for so long, it locks; the rep may choose others. */
export const LOCK_AFTER_MS = 5 * 60_000;
export const SHORTEST = 4;
export const LONGEST = 8;

let open = false;
let hiddenAt = 0;

/** @param {string} pin @param {string} salt @param {number} rounds */
function stretched(pin, salt, rounds) {
  let found = `${salt}/${pin}`;
  for (let n = 0; n < rounds; n++) found = sha256Hex(`${salt}${found}`);
  return found;
}

/** @param {Local} local @returns {Promise<Kept | null>} */
export const kept = (local) => local.fact("pin");

/** @param {Local} local */
export async function isLocked(local) {
  return !open && (await kept(local)) !== null;
}

/** @param {Local} local @param {string} pin */
export async function setPin(local, pin) {
  if (!/^\d{4,8}$/.test(pin)) throw new Error("a PIN is 4 to 8 digits");
  const salt = randomHex(16);
  const hash = stretched(pin, salt, ROUNDS);
  const before = await kept(local);
  const after_ms = before?.after_ms ?? LOCK_AFTER_MS;
  open = true;
  await local.keepFact("pin", { salt, hash, rounds: ROUNDS, tries: 0, until: 0, after_ms });
}

/** Forget the PIN: the rep wants none, or the office has enrolled the handheld anew.
 * @param {Local} local */
export async function dropPin(local) {
  open = true;
  await local.keepFact("pin", null);
}

/**
 * Try a PIN. wait_ms: how long the next try must wait, after a wrong one.
 * @param {Local} local @param {string} pin
 * @returns {Promise<{right: boolean, wait_ms: number}>}
 */
export async function tryPin(local, pin) {
  const found = await kept(local);
  if (found === null) return { right: true, wait_ms: 0 };
  const wait_ms = waitOf(found);
  if (wait_ms > 0) return { right: false, wait_ms };
  if (stretched(pin, found.salt, found.rounds) === found.hash) {
    open = true;
    await local.keepFact("pin", { ...found, tries: 0, until: 0 });
    return { right: true, wait_ms: 0 };
  }
  const tries = found.tries + 1;
  const more = tries > FREE_TRIES ? FIRST_WAIT_MS * 2 ** (tries - FREE_TRIES - 1) : 0;
  const until = Date.now() + Math.min(more, LONGEST_WAIT_MS);
  await local.keepFact("pin", { ...found, tries, until });
  return { right: false, wait_ms: Math.max(0, until - Date.now()) };
}

/** How long a try must wait now; a clock set back does not make it longer than the longest.
 * @param {Kept} found */
export function waitOf(found) {
  return Math.min(Math.max(0, found.until - Date.now()), LONGEST_WAIT_MS);
}

/** Lock now. */
export function lock() {
  open = false;
}

/**
 * Lock when the app was out of sight for long; `locked` is called then.
 * @param {Local} local @param {() => void} locked
 */
export function lockUnseen(local, locked) {
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) {
      hiddenAt = Date.now();
      return;
    }
    const found = await kept(local);
    if (found === null || !open || !hiddenAt) return;
    if (Date.now() - hiddenAt < found.after_ms) return;
    lock();
    locked();
  });
}
