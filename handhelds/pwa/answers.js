// @ts-check
// What a server may answer, read strictly where it matters and tolerantly where it may grow.
//
// A newer server may add members, kinds and columns: they are passed over. What a talk relies on
// must be there and of its type, else the answer counts as not received.

import { ROWS } from "./stored/columns.js";
import { straighten } from "./turned.js";

/**
 * @typedef {"done" | "cut" | "later" | "enrol" | "wipe" | "verify" | "behind" | "refused" | "set_back" | "no_room"} State
 */

/** States that pass by themselves: worth another try without the rep. */
export const TRIED_AGAIN = new Set(["cut", "later", "verify"]);

/**
 * One HTTP request to make. `secret` null: without Authorization. Of bytes that are fetched in
 * pieces: from `first` up to, not including, `stop`, and only if they still are those of `tag`.
 * @typedef {object} Call
 * @property {"GET" | "POST" | "PATCH"} method
 * @property {string} path
 * @property {string} body JSON text, or empty
 * @property {string | null} secret
 * @property {number} [first]
 * @property {number | null} [stop]
 * @property {string | null} [tag]
 * @property {Uint8Array} [data] of PATCH: a photo's bytes, from `first` on
 */

/**
 * What came back: text, inflated and whole; or, of bytes fetched in pieces, from `first` on as far
 * as they came before the line was cut (`is_cut`).
 * @typedef {object} Reply
 * @property {number} status
 * @property {string | Uint8Array} body
 * @property {number | null} [retry_after_s]
 * @property {number} [first]
 * @property {boolean} [is_cut]
 */

/**
 * What a talk got done.
 * @typedef {{answered: number, pages: number, rows: number, compared: number, repaired: number}}
 *   Counts
 */

/** A sentence of words/: its key, and what stands in it.
 * @typedef {{key: string, values: Record<string, string>}} Said */

/** How a talk ended: its state, and what it got done before. `detail` is for who looks for a fault;
 * `said` is there where this handheld itself refused.
 * @typedef {Counts & {state: State, detail: string, retry_after_s: number | null, said?: Said}}
 *   Ending */

/** A talk yields calls, is sent replies (null: no answer came), and returns its ending.
 * @template [Ends=Ending]
 * @typedef {AsyncGenerator<Call, Ends, Reply | null>} Talk */

const NONE = { answered: 0, pages: 0, rows: 0, compared: 0, repaired: 0 };

/**
 * @param {State} state
 * @param {string} [detail]
 * @param {Partial<Counts & {retry_after_s: number | null, said: Said}>} [more]
 * @returns {Ending}
 */
export function ending(state, detail = "", more = {}) {
  return { ...NONE, retry_after_s: null, ...more, state, detail };
}

/**
 * The same ending with these added to its counts.
 * @param {Ending} one @param {Partial<Counts>} more @returns {Ending}
 */
export function counting(one, more) {
  const found = { ...one };
  for (const [name, value] of Object.entries(more))
    found[/** @type {keyof Counts} */ (name)] += value;
  return found;
}

// --- shapes --------------------------------------------------------------------------------------

/** @typedef {{device: string, secret: string, no: number, number_prefix: string,
 *   rep: {code: string, name: string}, company: Record<string, any>, epoch: string, server_time: string}} EnrolAnswer */

/** @typedef {{n: number, id: string, outcome: string, says?: string, state?: string | null,
 *   refs?: Record<string, any>, conflicts?: Record<string, any>[], replayed?: boolean}} Verdict */

/**
 * @typedef {{verdicts: Verdict[], acknowledged_through: number, epoch: string, server_time: string}} PushAnswer
 */

/**
 * Rows of one kind. They may come turned on their side.
 * @typedef {{columns: string[], data: any[][]}} Rows
 */

/**
 * Rows of a scope that are to be fetched as bytes.
 * @typedef {{id: string, scope: string, rows: number, bytes: number, sha256: string}} Segment
 */

/**
 * One page of a pull.
 * @typedef {object} Page
 * @property {string} epoch
 * @property {boolean} complete
 * @property {string} server_time
 * @property {string | null} cursor
 * @property {string | null} page
 * @property {boolean} usable
 * @property {number | null} acknowledged_through
 * @property {Record<string, string | null>} as_of
 * @property {{added: string[], dropped: string[]}} scopes
 * @property {Segment[]} segments
 * @property {Record<string, Rows>[]} inside
 * @property {Record<string, Rows>} rows
 * @property {Record<string, string[]>} gone
 * @property {Record<string, any>[]} directives
 */

/**
 * One step of a verification. Digests are text, "412:b3f09a6c00d1e2f3".
 * @typedef {object} VerifyAnswer
 * @property {string} epoch
 * @property {string} server_time
 * @property {boolean} behind
 * @property {boolean} equal
 * @property {string | null} cursor
 * @property {Record<string, string>} scopes
 * @property {string[][]} slices
 * @property {Record<string, string[]>} news
 * @property {number} answered
 * @property {Record<string, Rows>} rows
 * @property {Record<string, string[]>} gone
 */

class Unreadable extends Error {}

/**
 * @typedef {(value: any) => any} Check gives the value as it is to be used; throws if it is none
 */

/** @param {boolean} fits @param {any} value */
function fits(fits, value) {
  if (!fits) throw new Unreadable();
  return value;
}

/** @type {Check} */
const text = (value) => fits(typeof value === "string", value);
/** @type {Check} */
const whole = (value) => fits(Number.isSafeInteger(value), value);
/** @type {Check} */
const truth = (value) => fits(typeof value === "boolean", value);
/** @type {Check} */
const object = (value) =>
  fits(typeof value === "object" && value !== null && !Array.isArray(value), value);
/** @type {Check} */
const instant = (value) =>
  fits(typeof value === "string" && !Number.isNaN(Date.parse(value)), value);
/** @type {Check} */
const digest = (value) =>
  fits(typeof value === "string" && /^[0-9]{1,9}:[0-9a-f]{16}$/.test(value), value);

/** @param {Check} check @returns {Check} */
const list = (check) => (value) => fits(Array.isArray(value), value).map(check);
/** @param {Check} check @returns {Check} */
const sixteen = (check) => (value) => fits(list(check)(value).length === 16, value);
/** @param {Check} check @returns {Check} */
const named = (check) => (value) =>
  Object.fromEntries(Object.entries(object(value)).map(([name, one]) => [name, check(one)]));
/** @param {Check} check @returns {Check} */
const orNull = (check) => (value) => (value === null ? null : check(value));

/**
 * An object with these members; of those not asked for, what they are when left out.
 * @param {Record<string, Check>} asked
 * @param {Record<string, [Check, () => any]>} [more]
 * @returns {Check}
 */
function shape(asked, more = {}) {
  return (value) => {
    const found = { ...object(value) };
    for (const [name, check] of Object.entries(asked)) found[name] = check(found[name]);
    for (const [name, [check, without]] of Object.entries(more)) {
      found[name] = found[name] === undefined ? without() : check(found[name]);
    }
    return found;
  };
}

/** @returns {any[]} */
const nothing = () => [];
const none = () => ({});
const nil = () => null;

/** @type {Check} */
const rows = (value) => {
  const { columns, data, turned } = object(value);
  list(text)(columns);
  if (turned !== undefined && turned !== null) {
    return { columns, data: straighten(columns, fits(Array.isArray(turned), turned)) };
  }
  return { columns, data: fits((data ?? []).every(Array.isArray), data ?? []) };
};

export const ENROL = shape({
  device: text,
  secret: text,
  no: whole,
  number_prefix: text,
  rep: object,
  company: object,
  epoch: text,
  server_time: instant,
});
export const PUSH = shape({
  verdicts: list(
    shape({ n: whole, id: text, outcome: text }, { conflicts: [list(object), nothing] }),
  ),
  acknowledged_through: whole,
  epoch: text,
  server_time: instant,
});
export const PAGE = shape(
  { epoch: text, complete: truth, server_time: instant },
  {
    cursor: [orNull(text), nil],
    page: [orNull(text), nil],
    usable: [truth, () => false],
    acknowledged_through: [orNull(whole), nil],
    as_of: [named(orNull(text)), none],
    scopes: [
      shape({}, { added: [list(text), nothing], dropped: [list(text), nothing] }),
      () => ({ added: [], dropped: [] }),
    ],
    segments: [
      list(shape({ id: text, scope: text, rows: whole, bytes: whole, sha256: text })),
      nothing,
    ],
    inside: [list(named(rows)), nothing],
    rows: [named(rows), none],
    gone: [named(list(text)), none],
    directives: [list(object), nothing],
  },
);
export const VERIFY = shape(
  { epoch: text, server_time: instant, behind: truth, equal: truth },
  {
    cursor: [orNull(text), nil],
    scopes: [named(digest), none],
    slices: [list(sixteen(digest)), nothing],
    news: [named(list(text)), none],
    answered: [whole, () => 0],
    rows: [named(rows), none],
    gone: [named(list(text)), none],
  },
);
export const PHOTO = shape({ id: text, state: text, received_bytes: whole });
export const PREPARED = named(rows);

/**
 * Text of JSON in a shape; null when it is not that.
 * @param {string | Uint8Array} body @param {Check} check @returns {any}
 */
export function readText(body, check) {
  try {
    return check(
      JSON.parse(
        typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body),
      ),
    );
  } catch (trouble) {
    if (trouble instanceof Unreadable || trouble instanceof SyntaxError) return null;
    if (trouble instanceof TypeError || trouble instanceof RangeError) return null;
    throw trouble;
  }
}

/**
 * The answer in its shape, or null when it is not one: then it counts as not received.
 * @param {Reply | null} reply @param {Check} check @returns {any}
 */
export function read(reply, check) {
  return reply === null ? null : readText(reply.body, check);
}

/**
 * Whether a page can be continued or kept, and every known row has its id, scope, version.
 * @param {Page} page
 */
export function isWhole(page) {
  if ((page.complete ? page.cursor : page.page) === null) return false;
  return areWhole(page.rows) && page.inside.every(areWhole);
}

/**
 * Whether every row of a kind we know has its id, scope, version, and all its columns.
 * @param {Record<string, Rows>} found
 */
export function areWhole(found) {
  return Object.entries(found).every(
    ([kind, { columns, data }]) =>
      !(kind in ROWS) ||
      (["id", "scope", "version"].every((name) => columns.includes(name)) &&
        data.every((row) => row.length === columns.length)),
  );
}

// --- troubles ------------------------------------------------------------------------------------

/**
 * null when the reply is a success to be read; otherwise the state it puts us in.
 * @param {Reply | null} reply @returns {Ending | null}
 */
export function judge(reply) {
  if (reply === null) return ending("cut");
  if (reply.status >= 200 && reply.status < 300) return null;
  const problem = readText(reply.body, object) ?? {};
  const said = problem.detail || problem.title || `HTTP ${reply.status}`;
  const told = problem.remedy ? `${said} ${problem.remedy}` : String(said);
  const after = problem.next;
  // Only our own server writes problems: a 401 or 404 without one is some hotel's login page.
  if (after === "wipe") return ending("wipe", told);
  if (problem.code === "device_in_use_elsewhere") return ending("set_back", told);
  if (after === "verify") return ending("verify", told);
  if (after === "enrol") return ending("enrol", told);
  const ours = after !== undefined && after !== null;
  if (after === "mend" || after === "split" || (ours && reply.status === 500)) {
    return ending("refused", told);
  }
  return ending("later", told, { retry_after_s: reply.retry_after_s ?? null });
}
