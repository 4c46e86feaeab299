// @ts-check
// The rep's work: a change and the rows it makes, saved together; what waits; what became of it.
//
// One record holds a change whole, so that no crash can part it from its row:
//   seq          order of capture (the store's own key)
//   id, n        n is given when it is first put into a batch, so that work undone leaves no gap
//   moved        its id or n was another's once; it goes out under a new name
//   kind, act, row_id, store, captured_at
//   raw          the JSON object that travels, without n, sealed; `hash` of it: damaged is not sent
//   rows         [{kind, row}] as the screens show them, sealed
//   kinds, live  kinds of those rows; `live` only while they may still lie over the copy
//   waits        1 while there is no outcome
//   outcome, verdict (sealed JSON), answer (counter 'answer' when it came), answered_at, epoch,
//   read_at      when the rep saw the verdict

import { instant } from "../clock.js";
import { rowOf } from "./captured.js";
import { Field, NotSaved, putFacts, sealedValues, store } from "./field.js";
import { hashOf } from "./hash.js";
import { opened, openedValue, seal, sealValue } from "./seal.js";

/** @typedef {import("../local.js").Change} Change */
/** @typedef {import("../local.js").Work} Work */
/** @typedef {import("../local.js").Make} Make */
/** @typedef {import("../local.js").Saved} Saved */
/** @typedef {import("../local.js").Told} Told */

/**
 * A record of the store `change`.
 * @typedef {object} Kept
 * @property {number} seq
 * @property {string} id
 * @property {number} [n]
 * @property {boolean} moved
 * @property {string} kind
 * @property {string} act
 * @property {string} row_id
 * @property {string} store
 * @property {string} captured_at
 * @property {string} raw
 * @property {string} hash
 * @property {string} rows
 * @property {string[]} kinds
 * @property {string[]} [live]
 * @property {1} [waits]
 * @property {string | null} outcome
 * @property {string | null} verdict
 * @property {number | null} answer
 * @property {string | null} answered_at
 * @property {string | null} epoch
 * @property {string | null} read_at
 */

const COUNTERS = ["order", "receipt", "store"];
/** So often a save is made anew because another tab took the number meanwhile. */
const MOST_TURNS = 20;

/** Outcomes of work that no pulled row may ever show. */
export const UNTAKEN = new Set(["held", "waiting", "rejected"]);

class Taken extends Error {}

export class Working extends Field {
  /** @type {Record<string, number> | null} */
  _last = null;

  /**
   * Save what the rep did: changes, the rows they make and drafts let go, in one transaction.
   *
   * `work` may be a function of `next`, which gives the next number of a counter ("order",
   * "receipt", "store"); it is called again if another tab took that number meanwhile.
   * @param {Work | Make} work
   * @returns {Promise<Saved>} what was saved. NotSaved: nothing was, and why
   */
  async save(work) {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const before = await this._numbered();
      const numbers = { ...before };
      const made =
        typeof work === "function" ? await work((name) => numbered(numbers, name)) : work;
      const kept = await this._kept(made);
      try {
        const stores = ["change", "counter", "draft", ...(made.photos ? ["photo"] : [])];
        await this.writing(stores, async (tx) => {
          const given = COUNTERS.filter((name) => numbers[name] !== before[name]);
          // All is asked for at once. What is found to be taken ends it whole: nothing was kept.
          await Promise.all([
            ...given.map(async (name) => {
              if (((await store(tx, "counter").get(name)) ?? 0) === before[name]) return;
              throw new NotSaved("taken", new Taken());
            }),
            ...given.map((name) => store(tx, "counter").put(numbers[name], name)),
            ...kept.map((one) => store(tx, "change").add(one)),
            ...(made.forget ?? []).map((key) => store(tx, "draft").delete(key)),
            ...(made.photos ?? []).map((one) => store(tx, "photo").add(one)),
          ]);
        });
      } catch (trouble) {
        this._last = null;
        if (trouble instanceof NotSaved && trouble.cause instanceof Taken) continue;
        throw trouble;
      }
      this._last = numbers;
      this.tell("rows", { kinds: [...new Set(kept.flatMap((one) => one.kinds))] });
      this.tell("queue");
      for (const key of made.forget ?? []) this.tell("draft", { key });
      if (made.photos) this.tell("photos");
      return { changes: made.changes };
    }
    const why = "other tabs of this app are saving all the time: close them";
    throw new NotSaved(why, null, "refused.tabs_busy");
  }

  /** The last numbers given, as far as this tab knows: a save looks whether they still are the last.
   * @returns {Promise<Record<string, number>>} */
  async _numbered() {
    if (this._last) return this._last;
    const { store: counters } = this.db.transaction("counter");
    const found = await Promise.all(COUNTERS.map((name) => counters.get(name)));
    return Object.fromEntries(COUNTERS.map((name, at) => [name, found[at] ?? 0]));
  }

  /** Look the last numbers up before the first save, so that it need not. */
  async lookUpNumbers() {
    const found = await this._numbered();
    this._last ??= found; // a save meanwhile knows better
  }

  /** The records of a work. @param {Work} work @returns {Promise<Omit<Kept, "seq">[]>} */
  async _kept(work) {
    const isMade = work.changes.every((change, at) => (work.rows ?? [])
      .some((one, place) => (one.change ? one.change === change.id : place === at)));
    const rep = isMade ? "" : (await this.fact("enrolment"))?.rep.code ?? "";
    return Promise.all(
      work.changes.map(async (change, at) => {
        const rows = (work.rows ?? [])
          .filter((one, place) => (one.change ? one.change === change.id : place === at))
          .map(({ kind, row }) => ({ kind, row }));
        if (!rows.length) rows.push({ kind: change.kind, row: rowOf(change, rep) });
        const raw = JSON.stringify(change);
        const kinds = [...new Set(rows.map((one) => one.kind))];
        return {
          id: change.id,
          moved: false,
          kind: change.kind,
          act: change.act,
          row_id: change.body.id,
          store: change.body.store ?? change.body.id,
          captured_at: change.captured.wall,
          raw: await seal(raw),
          hash: hashOf(raw),
          rows: await sealValue(rows),
          kinds,
          live: kinds,
          waits: 1,
          outcome: null,
          verdict: null,
          answer: null,
          answered_at: null,
          epoch: null,
          read_at: null,
        };
      }),
    );
  }

  /**
   * Take back a change that was never put into a batch. NotSaved says why it cannot be.
   * @param {string} changeId
   */
  async undo(changeId) {
    const unsent = (await this._waiting()).filter((one) => one.n === undefined);
    for (const one of unsent) {
      const raw = await openedRaw(one);
      if (raw?.depends_on?.includes(changeId)) {
        const why = "later work depends on it: undo that first";
        throw new NotSaved(why, null, "refused.undo_later_first");
      }
    }
    const kinds = await this.writing(["change", "photo"], async (tx) => {
      /** @type {Kept | undefined} */
      const found = await store(tx, "change").index("id").get(changeId);
      if (found === undefined) {
        throw new NotSaved("there is no such work here", null, "refused.undo_gone");
      }
      if (found.n !== undefined || found.outcome !== null) {
        const why = "it was sent already, or may have been: the office can change it";
        throw new NotSaved(why, null, "refused.undo_sent");
      }
      await store(tx, "change").delete(found.seq);
      // Its signature goes along; a change of an order leaves it be.
      if (found.act === "submit") await store(tx, "photo").delete(found.row_id);
      return found.kinds;
    });
    this.tell("rows", { kinds });
    this.tell("photos");
    this.tell("queue");
  }

  /**
   * The rep has seen these verdicts, and these notices (id and version of `conflict` rows).
   * @param {string[]} changeIds @param {{id: string, version: number}[]} [notices]
   */
  async markRead(changeIds, notices = []) {
    const now = instant(this.clock.now());
    await this.writing(["change", "seen"], async (tx) => {
      for (const id of changeIds) {
        const found = await store(tx, "change").index("id").get(id);
        if (found) await store(tx, "change").put({ ...found, read_at: now });
      }
      for (const one of notices) await store(tx, "seen").put(one.version, one.id);
    });
    this.tell("verdict");
  }

  /** Versions of the notices that were read, by id. @returns {Promise<Map<string, number>>} */
  async seen() {
    const tx = this.db.transaction("seen");
    const [ids, versions] = await Promise.all([tx.store.getAllKeys(), tx.store.getAll()]);
    return new Map(ids.map((id, at) => [String(id), versions[at]]));
  }

  /**
   * What was answered and is in the copy by now lies over it no longer: fewer to look at.
   * @param {number} covered
   */
  async settle(covered) {
    await this.writing(["change"], async (tx) => {
      /** @type {Kept[]} */
      const live = await store(tx, "change").index("live").getAll();
      for (const one of live) {
        if (one.outcome === null || UNTAKEN.has(one.outcome) || (one.answer ?? 0) > covered)
          continue;
        const { live: _, ...rest } = one;
        await store(tx, "change").put(rest);
      }
    });
  }

  /** The work of a handheld taken out of use: only what the server has not answered stays. */
  async forgetAnswered() {
    const sealed = await sealedValues({ wiped: true });
    await this.writing(["fact", "change", "draft", "seen"], async (tx) => {
      /** @type {Kept[]} */
      const every = await store(tx, "change").getAll();
      for (const one of every) if (one.outcome !== null) await store(tx, "change").delete(one.seq);
      await store(tx, "draft").clear();
      await store(tx, "seen").clear();
      await putFacts(tx, sealed);
    });
  }

  /** What has no verdict yet, in order of capture. @returns {Promise<Kept[]>} */
  async _waiting() {
    return this.db.getAllFromIndex("change", "waits", 1);
  }

  /** What has no verdict yet, newest first, by name: nothing is opened, so a verb may ask each time.
   * @returns {Promise<{id: string, kind: string, act: string, row_id: string}[]>} */
  async unanswered() {
    const found = (await this._waiting()).reverse();
    return found.map(({ id, kind, act, row_id }) => ({ id, kind, act, row_id }));
  }

  /** The outbox in figures. @returns {Promise<import("../local.js").Queue>} */
  async queue() {
    const waiting = await this._waiting();
    const oldest = waiting.map((one) => one.captured_at).sort()[0] ?? null;
    const told = Number((await this.fact("acknowledged_through")) ?? 0);
    return { pending: waiting.length, oldest, acknowledged_through: told };
  }

  /**
   * Every change of this handheld with what became of it, newest first.
   * @param {{waiting?: boolean}} [only] waiting: only those without a verdict
   * @returns {Promise<Told[]>}
   */
  async trail({ waiting = false } = {}) {
    /** @type {Kept[]} */
    const found = waiting ? await this._waiting() : await this.db.getAll("change");
    return Promise.all(found.reverse().map((one) => told(one)));
  }

  /**
   * Changes whose verdict says more than "taken as sent" and was not read yet, oldest first.
   * @returns {Promise<Told[]>}
   */
  async unread() {
    const found = await this.trail();
    const news = found.filter((one) => one.outcome && one.outcome !== "applied" && !one.read_at);
    return news.reverse();
  }
}

/** @param {Record<string, number>} numbers @param {string} name */
function numbered(numbers, name) {
  const last = numbers[name];
  if (last === undefined) throw new Error(`no counter is called ${name}`);
  numbers[name] = last + 1;
  return last + 1;
}

/**
 * The change itself; null where a failing disk has damaged it.
 * @param {Kept} one
 * @returns {Promise<Change | null>}
 */
export async function openedRaw(one) {
  try {
    const raw = await opened(one.raw);
    return hashOf(raw) === one.hash ? JSON.parse(raw) : null;
  } catch {
    return null;
  }
}

/** @param {Kept} one @returns {Promise<Told>} */
async function told(one) {
  const change = await openedRaw(one);
  return {
    id: one.id,
    n: one.n ?? null,
    kind: one.kind,
    act: one.act,
    row_id: one.row_id,
    store: one.store,
    captured_at: one.captured_at,
    state: stateOf(one),
    outcome: one.outcome,
    verdict: await openedValue(one.verdict),
    answered_at: one.answered_at,
    read_at: one.read_at,
    undoable: one.n === undefined && one.outcome === null,
    damaged: change === null,
    change,
  };
}

/** What the rep is told of a change. @param {Kept} one @returns {Told["state"]} */
function stateOf(one) {
  if (one.outcome === null) return one.n === undefined ? "saved" : "waiting";
  if (one.outcome === "waiting") return "waiting";
  if (one.outcome === "held" || one.outcome === "rejected") return "needs";
  return "received";
}
