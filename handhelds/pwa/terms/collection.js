// @ts-check
/**
 * Money taken at the store: its states, who may move it where, and what it does to the credit.
 *
 *     captured -> received -> handed in -> posted
 *                     \-> refused              \-> bounced -> handed in again
 *
 * A receipt is captured on the handheld and received by the server; cash and cheques are handed in
 * to the office; posted means finance has it in the books: of a cheque, that it has cleared. What
 * is not posted lowers no debt: cash and transfers are shown as paid and not posted yet, cheques as
 * pending. A bounce takes a posting back; refused money was never there (a twin, a slip).
 */

export const METHODS = ["cash", "cheque", "transfer"];

/** States of money that is on its way and in no books yet. */
export const PENDING = new Set(["captured", "received", "handed_in"]);

/**
 * One step: from which states, to which, of which methods; whether it needs a reason.
 * @typedef {object} Step
 * @property {readonly string[]} before
 * @property {string} after
 * @property {readonly string[]} [methods]
 * @property {boolean} [needs_reason]
 */

const ON_PAPER = ["cash", "cheque"];

/**
 * The whole life of a receipt.
 * @type {Readonly<Record<string, Step>>}
 */
export const STEPS = {
  receive: { before: ["captured"], after: "received" },
  hand_in: { before: ["received"], after: "handed_in", methods: ON_PAPER },
  take_back: { before: ["handed_in"], after: "received", methods: ON_PAPER },
  post: { before: ["handed_in"], after: "posted" },
  post_transfer: { before: ["received"], after: "posted", methods: ["transfer"] },
  bounce: { before: ["handed_in", "posted"], after: "bounced", needs_reason: true },
  present_again: { before: ["bounced"], after: "handed_in", methods: ["cheque"] },
  refuse: { before: ["received", "handed_in"], after: "refused", needs_reason: true },
  reopen: { before: ["refused"], after: "received" },
};

/**
 * The state a step leads to; null when it cannot be taken from here.
 * @param {string} step
 * @param {string} state
 * @param {string} method
 * @returns {string | null}
 */
export function after(step, state, method) {
  const one = Object.hasOwn(STEPS, step) ? STEPS[step] : undefined;
  if (one === undefined || !one.before.includes(state)) return null;
  return (one.methods ?? METHODS).includes(method) ? one.after : null;
}

/**
 * Money taken and not posted: cash and transfers, and cheques, which may still bounce.
 * @typedef {{ paid_minor: number, cheques_minor: number }} Pending
 */

/**
 * Sum what is on its way, from [method, state, amount in minor units].
 * @param {Iterable<readonly [method: string, state: string, amount_minor: number]>} collections
 * @returns {Pending}
 */
export function pending(collections) {
  let paid_minor = 0;
  let cheques_minor = 0;
  for (const [method, state, amount_minor] of collections) {
    if (!PENDING.has(state) || amount_minor <= 0) continue;
    if (method === "cheque") cheques_minor += amount_minor;
    else paid_minor += amount_minor;
  }
  return { paid_minor, cheques_minor };
}

/**
 * The exposure an order meets: unposted cash and transfers lower it only where the firm says so,
 * cheques never before they have cleared.
 * @param {number} exposure_minor
 * @param {number} paid_minor
 * @param {boolean} counts_at_once
 * @returns {number}
 */
export function exposureCounting(exposure_minor, paid_minor, counts_at_once) {
  return counts_at_once ? exposure_minor - paid_minor : exposure_minor;
}

/**
 * What two receipts of one cheque share, however they were typed; null without a number.
 *
 * Letters without case, digits without leading zeros, nothing else: "0012-345" is "12345".
 * @param {string | null | undefined} bank
 * @param {string | null | undefined} number
 * @returns {string | null}
 */
export function chequeKey(bank, number) {
  const bare = letters(number).replace(/^0+/, "");
  return bare ? `${letters(bank)}/${bare}` : null;
}

/**
 * Text without case, as texts are compared: also ß is ss, and a final sigma a sigma.
 * @param {string} text
 * @returns {string}
 */
export function caseless(text) {
  return text.replaceAll("ı", "\u0000").toUpperCase().toLowerCase()
    .replaceAll("ς", "σ").replaceAll("\u0000", "ı");
}

/** @param {string | null | undefined} text */
function letters(text) {
  return caseless(text ?? "").replace(/[^\p{L}\p{N}]+/gu, "");
}
