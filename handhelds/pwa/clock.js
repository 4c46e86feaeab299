// @ts-check
// The handheld's clock: the wall, which anyone can set, and a counter, which no one can.
//
// The protocol sends both, so that the server can tell when something was captured even on a
// handheld whose date is wrong. A browser's counter begins anew with every page, and on many
// machines stands still while they sleep. So `boot`, which says how long one counting lasts, is new
// for each page, and new whenever wall and counter no longer go together: then the server goes by
// the wall and says that it is not sure, instead of being sure of something wrong.

/**
 * What the handheld may know of time.
 * @typedef {object} Clock
 * @property {() => number} now the wall clock, milliseconds since 1970
 * @property {() => number} monotonicMs a counter that only goes forward while `boot` is the same
 * @property {() => string} boot changes whenever the counter starts again
 * @property {() => void} [beginAnew] make it another boot
 */

/** @typedef {{wall: string, monotonic_ms: number, boot: string}} Reading */

/** So far wall and counter may drift apart before it counts as a jump. */
const JUMP_MS = 2_000;

/** The clock of the machine this page runs on. @implements {Clock} */
export class MachineClock {
  constructor() {
    this._boot = "";
    this._aheadMs = 0;
    this.beginAnew();
  }

  now() {
    return Date.now();
  }

  monotonicMs() {
    this._look();
    return Math.floor(performance.now());
  }

  boot() {
    this._look();
    return this._boot;
  }

  /** A new counting: another page has spoken to the server since, and a boot never comes back. */
  beginAnew() {
    this._boot = `p-${randomHex(8)}`;
    this._aheadMs = Date.now() - performance.now();
  }

  _look() {
    if (Math.abs(Date.now() - performance.now() - this._aheadMs) > JUMP_MS) this.beginAnew();
  }
}

/** So many random bytes as hexadecimal digits. @param {number} bytes @returns {string} */
export function randomHex(bytes) {
  const found = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(found, (one) => one.toString(16).padStart(2, "0")).join("");
}

/** A moment as the wire writes it: UTC, milliseconds, `Z`. @param {number} ms @returns {string} */
export function instant(ms) {
  return new Date(ms).toISOString();
}

/** An instant of the wire, in milliseconds since 1970. @param {string} text @returns {number} */
export function moment(text) {
  const ms = Date.parse(text.replace(/(\.\d{3})\d+/, "$1"));
  if (Number.isNaN(ms)) throw new Error(`${text} is no instant`);
  return ms;
}

/** The clock as a change or a request carries it. @param {Clock} clock @returns {Reading} */
export function reading(clock) {
  const boot = clock.boot();
  return { wall: instant(clock.now()), monotonic_ms: clock.monotonicMs(), boot };
}

/**
 * How far the server's clock is ahead of the handheld's, in milliseconds.
 * @param {string} serverTime @param {Clock} clock @returns {number}
 */
export function offsetMs(serverTime, clock) {
  return Math.round(moment(serverTime) - clock.now());
}

/**
 * A UUIDv7: sorted by the moment it was made. Text, lower case.
 * @param {number} [ms] the moment, milliseconds since 1970 @returns {string}
 */
export function newId(ms = Date.now()) {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0").slice(-12);
  const chance = randomHex(10);
  const variant = (8 + (parseInt(chance[3] ?? "0", 16) & 3)).toString(16);
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}` +
    `-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`
  );
}
