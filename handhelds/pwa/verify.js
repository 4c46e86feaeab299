// @ts-check
// The talk that compares the copy with the server's rows and repairs what is wrong, and when.
//
// Like every talk (device.js) it does no input or output. It goes down only where sums differ: all
// of it, scopes, sixteenths of a scope, until a slice is small enough to name its rows. What is
// learned is kept apart and put in at the end, all at once, so that a rep never looks at half of a
// repair.
//
// Without a cursor it takes the place of a whole new copy: what still is as the server has it
// stays, what differs is fetched, the rest goes, and the copy stands at a new cursor.

import { VERIFY, areWhole, ending, judge, read } from "./answers.js";
import { NEWEST } from "./stored/columns.js";
import { DEEPEST, NOTHING, isSame, plus, readDigest, spelled } from "./stored/digest.js";

/** @typedef {import("./answers.js").Ending} Ending */
/** @typedef {import("./answers.js").Rows} Rows */
/** @typedef {import("./answers.js").VerifyAnswer} VerifyAnswer */
/** @typedef {import("./stored/digest.js").Digest} Digest */
/** @typedef {{scope: string, at: string}} Slice */
/**
 * A row of the copy, as it is told to the server.
 * @typedef {{kind: string, id: string, version: number, hash: string}} Held
 */

/** A slice is laid open when the handheld holds no more rows of it than this. */
const SMALL = 24;
/** ... and the server not so many that an answer would grow too large. */
const MOST_TO_SEND = 1_000;
/** Of sixteen parts so many that differ say that nearly everything does. */
const MOSTLY = 12;
const MOST_PASSES = 3;
/** At most so many slices are asked for at once. */
const MOST_SLICES = 256;

/**
 * What a talk needs of the copy; stored/checked.js. Rows to leave out are named "kind/id".
 * @typedef {object} Checker
 * @property {() => Promise<boolean>} hasRows
 * @property {(leaveOut: Set<string>) => Promise<Map<string, Digest>>} digests of each scope
 * @property {(slices: Slice[], leaveOut: Set<string>) => Promise<Digest[][]>} sixteen parts of each
 * @property {(slices: Slice[], leaveOut: Set<string>) => Promise<Held[][]>} rowsIn rows of each
 * @property {(rows: Record<string, Rows>, gone: Record<string, string[]>, dropped: string[], cursor: string | null) => Promise<Record<string, number>>} repair
 * @property {(name: string) => Promise<any>} said
 * @property {(values: Record<string, unknown>) => Promise<void>} keep
 * @property {(why: string, rows: number, repaired: Record<string, number>) => Promise<void>} keepResult
 * @property {() => Promise<void>} lose
 */

/** What a talk needs remembered; local.js is one.
 * @typedef {{checked: Checker, identity: () => Promise<import("./device.js").Identity | null>,
 *   position: () => Promise<import("./device.js").Position>}} Verifier */

/** A slice whose sums differ. isOther: nearly all of what it lies in differs, as after a long time.
 * @typedef {Slice & {mine: Digest, theirs: Digest, isOther: boolean}} Part */

/** @typedef {Record<string, any> & {cursor: string | null, secret: string}} Asking */

/** Whether a slice is laid open, its rows named one by one. @param {Part} part */
function isSmall({ at, mine, theirs }) {
  const few = mine.rows <= (theirs.rows ? SMALL : MOST_TO_SEND);
  return (few && theirs.rows <= MOST_TO_SEND) || at.length === DEEPEST;
}

/**
 * Whether to fetch all of it: naming rows would only be added to sending them.
 * @param {Part} part
 */
function isReplaced({ isOther, theirs }) {
  return isOther && theirs.rows <= MOST_TO_SEND;
}

/** What a pass has learned so far. */
class Found {
  constructor() {
    /** @type {Set<string>} */
    this.leaveOut = new Set();
    /** @type {Record<string, Rows>} */
    this.rows = {};
    /** @type {Record<string, string[]>} */
    this.gone = {};
    /** @type {string[]} */
    this.dropped = [];
    this.compared = 0;
  }

  /** @param {VerifyAnswer} answer */
  take(answer) {
    for (const [kind, ids] of Object.entries(answer.news)) {
      for (const id of ids) this.leaveOut.add(`${kind}/${id}`);
    }
    for (const [kind, part] of Object.entries(answer.rows)) {
      const before = this.rows[kind];
      if (before && JSON.stringify(before.columns) === JSON.stringify(part.columns)) {
        before.data = before.data.concat(part.data);
      } else {
        this.rows[kind] = part;
      }
    }
    for (const [kind, ids] of Object.entries(answer.gone)) (this.gone[kind] ??= []).push(...ids);
  }

  /** These rows go, unless they are among those sent. @param {Held[]} rows */
  letGo(rows) {
    for (const row of rows) (this.gone[row.kind] ??= []).push(row.id);
  }

  isSomething() {
    const { rows, gone, dropped } = this;
    return Object.keys(rows).length + Object.keys(gone).length + dropped.length > 0;
  }
}

/**
 * Compare, repair, and compare again until both sides are the same.
 *
 * Ends `done` (with `compared` and `repaired`), `behind` when news must be pulled first, or as any
 * talk; `verify` when three passes did not help and the copy was given up for a new one.
 * @param {Verifier} keeper @param {() => string} newId @param {string} why
 * @returns {import("./answers.js").Talk}
 */
export async function* verify(keeper, newId, why) {
  const identity = await keeper.identity();
  const { checked } = keeper;
  if (identity === null) return ending("enrol");
  if ((await checked.said("run")) === null || (await checked.said("due")) !== why) {
    await checked.keep({ run: newId(), due: why });
  }
  /** @type {Record<string, number>} */
  const repaired = {};
  for (let passes = 0; passes < MOST_PASSES; passes++) {
    const { cursor } = await keeper.position();
    /** @type {Asking} */
    const ask = {
      device: identity.device,
      install: identity.install,
      epoch: cursor === null ? null : identity.epoch,
      cursor,
      schema: NEWEST,
      run: await checked.said("run"),
      why,
      secret: identity.secret,
    };
    const found = new Found();
    const trouble = yield* pass(checked, ask, found, cursor === null);
    if (trouble !== null) return trouble;
    if (!found.isSomething() && ask.cursor === cursor) {
      await checked.keepResult(why, found.compared, repaired);
      const all = Object.values(repaired).reduce((sum, one) => sum + one, 0);
      return ending("done", "", { compared: found.compared, repaired: all });
    }
    const put = await checked.repair(found.rows, found.gone, found.dropped, ask.cursor);
    for (const [kind, count] of Object.entries(put)) repaired[kind] = (repaired[kind] ?? 0) + count;
  }
  await checked.lose();
  return ending("verify", "the copy could not be repaired and is fetched anew");
}

/**
 * One call; its answer, or the ending it puts us in.
 * @param {Asking} saying @param {Record<string, unknown>} more
 * @returns {import("./answers.js").Talk<{answer: VerifyAnswer} | {trouble: Ending}>}
 */
async function* asked(saying, more) {
  const { secret, ...said } = saying;
  const body = JSON.stringify({ ...said, ...more });
  const reply = yield { method: "POST", path: "/sync/v1/verify", body, secret };
  const trouble = judge(reply);
  if (trouble !== null) return { trouble };
  /** @type {VerifyAnswer | null} */
  const answer = read(reply, VERIFY);
  if (answer === null || !(answer.behind || (answer.cursor !== null && areWhole(answer.rows)))) {
    return { trouble: ending("cut", "the answer could not be read") };
  }
  if (answer.behind) return { trouble: ending("behind") };
  saying.cursor = answer.cursor;
  return { answer };
}

/**
 * Learn everything that differs; null when all was learned.
 * @param {Checker} checked @param {Asking} ask @param {Found} found @param {boolean} isNew
 * @returns {import("./answers.js").Talk<Ending | null>}
 */
async function* pass(checked, ask, found, isNew) {
  let mine = await checked.digests(new Set());
  const whole = [...mine.values()].reduce(plus, NOTHING);
  const told = yield* asked(ask, { digest: isNew ? null : spelled(whole) });
  if ("trouble" in told) return told.trouble;
  const { answer } = told;
  found.take(answer);
  if (answer.equal) {
    found.compared = whole.rows;
    return null;
  }
  if (found.leaveOut.size) mine = await checked.digests(found.leaveOut);
  const theirs = new Map(
    Object.entries(answer.scopes).map(([scope, text]) => [scope, readDigest(text)]),
  );
  for (const one of theirs.values()) found.compared += one.rows;
  if (isNew) found.dropped = [...mine.keys()].filter((scope) => !theirs.has(scope)).sort();
  const parts = [...new Set([...mine.keys(), ...theirs.keys()])]
    .filter((scope) => !found.dropped.includes(scope))
    .sort()
    .map((scope) => ({
      scope,
      at: "",
      mine: mine.get(scope) ?? NOTHING,
      theirs: theirs.get(scope) ?? NOTHING,
      isOther: false,
    }));
  const unlike = parts.filter((part) => !isSame(part.mine, part.theirs));
  return yield* goDown(checked, ask, found, unlike, isNew);
}

/**
 * Sixteen ways down where sums differ; rows where a slice is small.
 * @param {Checker} checked @param {Asking} ask @param {Found} found @param {Part[]} parts
 * @param {boolean} isNew @returns {import("./answers.js").Talk<Ending | null>}
 */
async function* goDown(checked, ask, found, parts, isNew) {
  while (parts.length) {
    const turn = parts.slice(0, MOST_SLICES);
    parts = parts.slice(MOST_SLICES);
    const small = turn.filter((part) => isSmall(part) || isReplaced(part));
    const large = turn.filter((part) => !small.includes(part));
    const held = await checked.rowsIn(small, found.leaveOut);
    const told = yield* asked(ask, {
      ask: large.map(({ scope, at }) => ({ scope, at })),
      have: small.map((part, place) => laid(part, held[place] ?? [])),
    });
    if ("trouble" in told) return told.trouble;
    const { answer } = told;
    if (answer.slices.length !== large.length || (small.length && !answer.answered)) {
      return ending("cut", "the answer is not to what was asked");
    }
    found.take(answer);
    small.slice(0, answer.answered).forEach((part, place) => {
      if (isReplaced(part)) found.letGo(held[place] ?? []); // what is sent all the same stays
    });
    parts = [...small.slice(answer.answered), ...parts];
    const mine = await checked.sixteen(large, found.leaveOut);
    large.forEach((part, place) => {
      parts.push(...unlikeParts(part, mine[place] ?? [], answer.slices[place] ?? [], isNew));
    });
  }
  return null;
}

/**
 * The sixteenths of a slice that differ.
 * @param {Part} part @param {Digest[]} mine @param {string[]} told @param {boolean} isNew
 * @returns {Part[]}
 */
function unlikeParts(part, mine, told, isNew) {
  const unlike = told
    .map((text, digit) => ({
      scope: part.scope,
      at: part.at + digit.toString(16),
      mine: mine[digit] ?? NOTHING,
      theirs: readDigest(text),
    }))
    .filter((one) => !isSame(one.mine, one.theirs));
  const isOther = isNew && unlike.length >= MOSTLY;
  return unlike.map((one) => ({ ...one, isOther }));
}

/** A slice laid open: the version and hash of each row. @param {Part} part @param {Held[]} rows */
function laid(part, rows) {
  const { scope, at } = part;
  if (isReplaced(part)) return { scope, at, rows: null };
  /** @type {Record<string, Record<string, string>>} */
  const held = {};
  for (const row of rows) (held[row.kind] ??= {})[row.id] = `${row.version}:${row.hash}`;
  return { scope, at, rows: held };
}
