// @ts-check
// The handheld's side of the protocol: which calls to make, and what an answer does.
//
// Nothing here does input or output. A talk is a generator: it yields a `Call`, is sent the `Reply`
// (or null when no answer came), and returns an `Ending`. What must be remembered goes through a
// `Keeper`, which local.js is. So the network (link.js), the session cases of sync/contract and a
// simulation can all drive the very same lines.
//
// Two rules carry all the safety. Only a verdict takes a change out of the outbox: any other answer
// leaves it there, to be sent again byte for byte. And a pull is staged page by page and swapped in
// whole, so that a rep never looks at half of one.

import { ENROL, PAGE, PUSH, counting, ending, isWhole, judge, read } from "./answers.js";
import { reading } from "./clock.js";
import { fetchSegments } from "./fetching.js";
import { checkReceipts } from "./receipts.js";
import { NEWEST } from "./stored/columns.js";
import { verify } from "./verify.js";

/** @typedef {import("./answers.js").Call} Call */
/** @typedef {import("./answers.js").Ending} Ending */
/** @typedef {import("./answers.js").EnrolAnswer} EnrolAnswer */
/** @typedef {import("./answers.js").Page} Page */
/** @typedef {import("./answers.js").PushAnswer} PushAnswer */
/** @typedef {import("./answers.js").Talk} Talk */
/** @typedef {import("./clock.js").Clock} Clock */
/** @typedef {import("./stored/field.js").NotSaved} NotSaved */
/** @typedef {() => string} NewId */

const MOST_CHANGES = 500;
/** A batch stops growing here: half of what a server must take, so headers never matter. */
const BATCH_BYTES = 4 * 1024 * 1024;
const PAGE_ROWS = 5_000;
const MOST_PAGES = 10_000;
/** So often the copy is compared in one sync, when news comes in between. */
const MOST_TRIES = 3;
/** So many changes refused alone say that the server, not the changes, is at odds with us. */
const MOST_ODD = 3;
/** After a push that ended so, news is fetched all the same. */
const GOES_ON = new Set(["done", "refused", "set_back"]);

/** Who this handheld is to the server; `epoch` follows the server's database.
 * @typedef {{device: string, install: string, secret: string, epoch: string | null}} Identity */

/** A change on its way: `raw` is its stored JSON object without n, never written anew.
 * @typedef {{n: number, id: string, raw: string}} Outgoing */

/** Where the next pull begins; `page` is set when an earlier one was cut after some pages.
 * @typedef {{cursor: string | null, page: string | null}} Position */

/** How this handheld is, as a pull reports it. `wiped`: it obeyed a revocation.
 * @typedef {{app: string, free_bytes: number, wiped: boolean}} Health */

/** What an answer changed: new verdicts, changes offered again, or a handheld set back.
 * @typedef {{answered: number, offeredAgain: number, setBack: boolean}} Kept */

/**
 * What a talk needs remembered. Each call is one transaction, durable when it returns.
 * @typedef {object} Keeper
 * @property {import("./verify.js").Checker} checked
 * @property {import("./fetching.js").Shelf} shelf
 * @property {() => Promise<string>} install
 * @property {() => Promise<Identity | null>} identity
 * @property {(answer: EnrolAnswer) => Promise<NotSaved | null>} keepIdentity
 * @property {(atMost: number, atMostBytes: number, afterN: number) => Promise<Outgoing[]>} batch
 * @property {(answer: PushAnswer) => Promise<Kept>} keepVerdicts
 * @property {() => Promise<boolean>} isSetBack
 * @property {() => Promise<boolean>} hasWaiting
 * @property {() => Promise<boolean>} mustOffer
 * @property {() => Promise<void>} noteLoss
 * @property {() => Promise<number | null>} unsureFrom
 * @property {(answer: PushAnswer, fromN: number) => Promise<Kept>} keepReceipts
 * @property {() => Promise<import("./local.js").Queue>} queue
 * @property {() => Promise<Position>} position
 * @property {(page: Page, body: string) => Promise<void>} stage
 * @property {(page?: Page) => Promise<number>} swapIn
 * @property {() => Promise<boolean>} isStagedWhole
 * @property {() => Promise<boolean>} useWhatCame
 * @property {() => Promise<void>} forgetStaged
 * @property {() => Promise<void>} forgetCursor
 * @property {() => Promise<boolean>} hasRoom
 * @property {() => Promise<Health>} health
 * @property {() => Promise<void>} stopBeing
 * @property {() => Promise<void>} wipe
 * @property {() => Promise<string | null>} verifyDue
 */

/**
 * Become a device with a code of the office.
 * @param {Keeper} keeper
 * @param {string} code
 * @param {string} model
 * @param {string} app
 * @returns {Talk}
 */
export async function* enrol(keeper, code, model, app) {
  const body = JSON.stringify({ code, install: await keeper.install(), model, app });
  const reply = yield { method: "POST", path: "/sync/v1/enrol", body, secret: null };
  const trouble = judge(reply);
  if (trouble !== null) return trouble;
  /** @type {EnrolAnswer | null} */
  const answer = read(reply, ENROL);
  if (answer === null) return ending("cut", "the answer could not be read");
  const whyNot = await keeper.keepIdentity(answer);
  if (whyNot === null) return ending("done");
  return ending("refused", whyNot.message, { said: { key: whyNot.key, values: whyNot.values } });
}

/**
 * Send what waits, oldest first, until nothing does. askMark: send even an empty batch, to learn
 * how far the server knows this handheld (it may have lost its last hours).
 * @param {Keeper} keeper
 * @param {Clock} clock
 * @param {NewId} newId
 * @param {{askMark?: boolean}} [how]
 * @returns {Talk}
 */
export async function* push(keeper, clock, newId, { askMark = false } = {}) {
  let identity = await keeper.identity();
  if (identity === null) return ending("enrol");
  if (await keeper.isSetBack()) return ending("set_back");
  let [answered, passedN, atMost, odd] = [0, 0, MOST_CHANGES, 0];
  /** @type {Ending | null} */
  let refused = null;
  let [begunAnew, checks] = [false, true];
  for (;;) {
    if (checks && (await keeper.unsureFrom()) !== null) {
      [checks, passedN] = [false, 0]; // once an epoch: no server can keep us from pushing
      const checked = yield* checkReceipts(keeper, identity.secret, identity.epoch);
      if (!["done", "refused"].includes(checked.state)) return counting(checked, { answered });
      answered += checked.answered;
    }
    const batch = await keeper.batch(atMost, BATCH_BYTES, passedN);
    if (!batch.length && !askMark) return counting(refused ?? ending("done"), { answered });
    askMark = false;
    const told = (await keeper.queue()).acknowledged_through;
    const reply = yield pushCall(identity, clock, newId(), batch, told);
    const trouble = judge(reply);
    const first = batch[0];
    if (trouble !== null && trouble.state === "refused" && first !== undefined) {
      // Not one change may block the others: halve until the odd one is alone, then pass it.
      if (batch.length > 1) {
        atMost = Math.floor(batch.length / 2);
        continue;
      }
      [passedN, atMost, refused, odd] = [first.n, MOST_CHANGES, trouble, odd + 1];
      if (odd < MOST_ODD) continue;
    }
    if (trouble !== null) {
      if (trouble.state === "set_back") await keeper.stopBeing();
      return counting(trouble, { answered });
    }
    /** @type {PushAnswer | null} */
    const answer = read(reply, PUSH);
    if (answer === null) return ending("cut", "the answer could not be read", { answered });
    const kept = await keeper.keepVerdicts(answer);
    answered += kept.answered;
    // What names an earlier epoch is not decided: once more, in this one.
    /** @type {boolean} */
    const beginsAnew = answer.epoch !== identity.epoch && !begunAnew;
    begunAnew ||= beginsAnew;
    checks ||= beginsAnew;
    identity = (await keeper.identity()) ?? identity;
    if (kept.setBack) return ending("set_back", "", { answered });
    if (kept.offeredAgain || beginsAnew) passedN = 0;
    else if (batch.length && !kept.answered) {
      return ending("later", "the server gave no verdict", { answered });
    }
  }
}

/**
 * A push of these changes; each goes out as the text it was stored as, with its n. told: how far
 * the server said it knows us, so that it can see whether it lost time since.
 * @param {Identity} identity @param {Clock} clock @param {string} batchId @param {Outgoing[]} batch
 * @param {number} told @returns {Call}
 */
function pushCall(identity, clock, batchId, batch, told) {
  const head = JSON.stringify({
    device: identity.device,
    install: identity.install,
    epoch: identity.epoch,
    batch: batchId,
    acknowledged_through: told,
    clock: reading(clock),
  });
  const changes = batch.map((one) => `{"n":${one.n},${one.raw.slice(1)}`).join(",");
  const body = `${head.slice(0, -1)},"changes":[${changes}]}`;
  return { method: "POST", path: "/sync/v1/push", body, secret: identity.secret };
}

/**
 * Bring the copy up to date. Pages are staged, segments that they name are fetched; when all is
 * there it is swapped in at once. Of a first pull, what the day needs is used before.
 * @param {Keeper} keeper @param {Clock} clock @param {{verified?: boolean}} [how] @returns {Talk}
 */
export async function* pull(keeper, clock, { verified = false } = {}) {
  const identity = await keeper.identity();
  if (identity === null) return ending("enrol");
  let restarted = false;
  for (let pages = 1; pages < MOST_PAGES; pages++) {
    if (!(await keeper.hasRoom())) return ending("no_room", "", { pages: pages - 1 });
    const position = await keeper.position();
    /** @type {import("./answers.js").Reply | null} */
    let reply = null;
    const lacks = (await keeper.shelf.lacking()).length > 0;
    let trouble = lacks ? yield* fetchSegments(keeper.shelf, identity.secret) : null;
    if (trouble === null && (await keeper.isStagedWhole())) {
      return ending("done", "", { pages: pages - 1, rows: await keeper.swapIn() });
    }
    if (trouble === null) {
      await keeper.useWhatCame();
      reply = yield await pullCall(identity, clock, position, keeper, verified);
      trouble = judge(reply);
    }
    const isOld = position.page !== null || lacks; // pages and segments are not kept for ever
    if (trouble?.state === "refused" && isOld && !restarted) {
      await keeper.forgetStaged(); // its cursor is still good
      restarted = true;
      continue;
    }
    if (trouble?.state === "refused" && lacks) trouble = ending("later", trouble.detail);
    if (trouble !== null) {
      if (trouble.state === "verify") {
        await keeper.noteLoss();
        await keeper.forgetCursor(); // the next pull brings everything anew
      }
      return counting(trouble, { pages: pages - 1 });
    }
    /** @type {Page | null} */
    const page = read(reply, PAGE);
    if (reply === null || page === null || !isWhole(page)) {
      return ending("cut", "the page could not be read", { pages: pages - 1 });
    }
    if (page.complete && !page.segments.length) {
      return ending("done", "", { pages, rows: await keeper.swapIn(page) });
    }
    await keeper.stage(page, String(reply.body));
  }
  return ending("later", "the pull did not end");
}

/**
 * @param {Identity} identity @param {Clock} clock @param {Position} position @param {Keeper} keeper
 * @param {boolean} verified @returns {Promise<Call>}
 */
async function pullCall(identity, clock, position, keeper, verified) {
  const health = await keeper.health();
  const body = JSON.stringify({
    device: identity.device,
    install: identity.install,
    epoch: identity.epoch,
    cursor: position.cursor,
    page: position.page,
    schema: NEWEST,
    limit: PAGE_ROWS,
    segments: true,
    turned: true,
    verify: verified,
    outbox: await keeper.queue(),
    clock: reading(clock),
    app: health.app,
    free_bytes: health.free_bytes,
    wiped: health.wiped,
  });
  return { method: "POST", path: "/sync/v1/pull", body, secret: identity.secret };
}

/**
 * Push, then pull. When that shows that the server lost time (it knows no cursor of ours, has
 * another epoch, or a lower mark): push once more, even nothing, so that it can say what it lost,
 * offer that again, and fetch what is not as the server has it now.
 *
 * At last the copy is verified when that is due, or `why` ("asked") says so. asksFirst: push even
 * nothing, to learn whether anybody answers.
 * @param {Keeper} keeper @param {Clock} clock @param {NewId} newId @param {string | null} [why]
 * @param {boolean} [asksFirst] @returns {Talk}
 */
export async function* sync(keeper, clock, newId, why = null, asksFirst = false) {
  // What waits for something else may have been decided since: a push, even an empty one, tells.
  const asks = asksFirst || (await keeper.hasWaiting()) || (await keeper.mustOffer());
  let pushed = yield* push(keeper, clock, newId, { askMark: asks });
  if (!GOES_ON.has(pushed.state)) return pushed;
  let pulled = yield* fetchNews(keeper, clock, newId);
  if (pulled.state === "verify" || (pulled.state === "done" && (await keeper.mustOffer()))) {
    const again = yield* push(keeper, clock, newId, { askMark: true });
    pushed = counting(again, { answered: pushed.answered });
    if (!GOES_ON.has(pushed.state)) return pushed;
    pulled = yield* fetchNews(keeper, clock, newId);
  }
  if (pulled.state === "done") pulled = yield* compared(keeper, clock, newId, pulled, why);
  if (pulled.state === "wipe" && !(await keeper.health()).wiped) {
    await keeper.wipe();
    yield* pull(keeper, clock); // so that the office sees that it was obeyed
  }
  if (pulled.state === "set_back") await keeper.stopBeing();
  // Set back, we push nothing and never hear of a new epoch: the rep must enrol, not try again.
  const asksAgain = pulled.state === "verify" && pushed.state === "set_back";
  if (asksAgain || (pulled.state === "done" && pushed.state !== "done")) {
    const { pages, rows, compared, repaired } = pulled;
    return counting(pushed, { pages, rows, compared, repaired });
  }
  return counting(pulled, { answered: pushed.answered });
}

/**
 * Pull. A copy that lost its cursor is compared first: what still is so need not come again.
 * @param {Keeper} keeper @param {Clock} clock @param {NewId} newId @returns {Talk}
 */
async function* fetchNews(keeper, clock, newId) {
  let rows = 0;
  const at = await keeper.position();
  if (at.cursor === null && at.page === null && (await keeper.checked.hasRows())) {
    const verified = yield* verify(keeper, newId, "cursor");
    if (["cut", "later", "enrol", "wipe", "set_back"].includes(verified.state)) return verified;
    rows = verified.repaired;
  }
  const pulled = yield* pull(keeper, clock, { verified: rows > 0 });
  return counting(pulled, { rows });
}

/**
 * Verify the copy if that is due. What hinders it is no trouble of the sync: news is there, and the
 * next sync tries again; only who asked for it is told.
 * @param {Keeper} keeper @param {Clock} clock @param {NewId} newId @param {Ending} pulled
 * @param {string | null} asked @returns {Talk}
 */
async function* compared(keeper, clock, newId, pulled, asked) {
  const why = asked ?? (await keeper.verifyDue());
  for (let tries = why ? MOST_TRIES : 0; tries > 0; tries--) {
    const found = yield* verify(keeper, newId, why ?? "");
    const { compared, repaired } = found;
    if (found.state === "done") return counting(pulled, { compared, repaired });
    if (found.state === "behind" || found.state === "verify") {
      const again = yield* pull(keeper, clock, { verified: true });
      pulled = counting(again, { pages: pulled.pages, rows: pulled.rows });
      if (pulled.state !== "done") return pulled;
    } else if (asked || ["enrol", "wipe", "set_back"].includes(found.state)) {
      return counting(found, { pages: pulled.pages, rows: pulled.rows });
    } else {
      return pulled;
    }
  }
  return asked ? ending("behind", "", { pages: pulled.pages, rows: pulled.rows }) : pulled;
}
