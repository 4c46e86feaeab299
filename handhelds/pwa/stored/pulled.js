// @ts-check
// The copy of the server's rows: pages are staged as they came and swapped in all at once.
//
// Everything here is written by the one tab that syncs; every tab reads it (reads.js).

import { instant } from "../clock.js";
import { ROWS } from "./columns.js";
import { putFacts, sealedValues, store } from "./field.js";
import { unwrap } from "./idb.js";
import { Overlay } from "./overlay.js";
import { COPY } from "./schema.js";
import { STAGED, Staged, unstage } from "./staged.js";

/** @typedef {import("../answers.js").Page} Page */
/** @typedef {import("../answers.js").Rows} Rows */
/** @typedef {import("../clock.js").Clock} Clock */
/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./idb.js").Transaction} Transaction */

export class Pulled extends Staged {
  /**
   * @param {Database} db @param {Clock} clock
   * @param {() => Promise<Set<string>>} unsentScopes scopes that unsent work refers to
   */
  constructor(db, clock, unsentScopes) {
    super(db);
    this.clock = clock;
    this.unsentScopes = unsentScopes;
    /** A whole copy on its way, kept in memory beside its staged pages. @type {Taking | null} */
    this._coming = null;
    /** Where rows were when the copy was written for the so-manieth time.
     * @type {{homes: import("./homes.js").Homes, turn: number} | null} */
    this._homes = null;
  }

  /**
   * Of a whole copy, the pages before this one are taken into memory meanwhile.
   * @param {Page} page @param {string} body @param {number} answers
   */
  async stage(page, body, answers) {
    if ((await this.mark("cursor")) === null) await this._applyStaged(await this._wholeComing());
    await super.stage(page, body, answers);
  }

  /**
   * Take the staged pages and the last one in, in one transaction; returns rows put and the last
   * page.
   *
   * Work answered after this pull's first page was asked for may not be in it, and stays laid over
   * the copy until the next one.
   * @param {Page | null} last null when it is staged too
   * @param {number} answers how many verdicts were taken in so far
   * @returns {Promise<{rows: number, newest: Page | null, covered: number, kinds: string[]}>}
   */
  async swapIn(last, answers) {
    const covered = (await this.mark("staged_answers")) ?? answers;
    const isWhole = (await this.mark("cursor")) === null;
    const taking = isWhole ? await this._wholeComing() : await this._begin(false);
    this._coming = null; // should this fail, it is made of the staged pages again
    const staged = await this._applyStaged(taking);
    if (last !== null) await this._apply(taking, last);
    const newest = last ?? staged;
    await this._write(taking, COPY, {
      ...STAGED,
      ...(newest ? { cursor: newest.cursor, directives: newest.directives } : {}),
      ...(newest ? await this._dated(newest, covered) : {}),
      partial: null,
    });
    return { rows: taking.rows, newest, covered, kinds: [...taking.kinds] };
  }

  /**
   * Take in what is staged of a first pull, once the server said that it is usable: the day can
   * begin. It stays staged: the last page will bring all of it in again.
   */
  async useWhatCame() {
    if (!(await this.mark("staged_usable")) || (await this.mark("cursor")) !== null) return false;
    if ((await this.mark("server_time")) !== null && (await this.mark("partial")) === null) {
      return false; // an older copy is here, and whole
    }
    const taking = await this._wholeComing();
    const newest = await this._applyStaged(taking);
    await this._write(taking, ["pulled", "mark"], {
      ...(newest ? await this._dated(newest, (await this.mark("staged_answers")) ?? 0) : {}),
      partial: { stores: taking.overlay.count("store") },
      staged_usable: null,
    });
    return true;
  }

  /**
   * The whole copy that is on its way: what is in memory of it, if that still fits the staged
   * pages; else it is made of them again.
   * @returns {Promise<Taking>}
   */
  async _wholeComing() {
    const keys = await this.db.getAllKeys("staged");
    const fits = this._coming?.applied.every((key, place) => keys[place] === key);
    if (this._coming === null || !fits) this._coming = await this._begin(true);
    return this._coming;
  }

  /**
   * Write what was taken in, in one transaction.
   * @param {Taking} taking @param {readonly string[]} stores @param {Record<string, unknown>} marks
   */
  async _write(taking, stores, marks) {
    const { overlay, isWhole } = taking;
    taking.unsent = await this.unsentScopes();
    const aside = await this._grey(taking);
    const anew = isWhole && !taking.isWritten;
    const docs = [...(await overlay.sealed(anew)), ...aside];
    const greyed = [...taking.greyed].filter((scope) => taking.unsent.has(scope)).sort();
    const turn = Number((await this.mark("turn")) ?? 0) + 1;
    const sealed = await sealedValues({ ...marks, turn, greyed: greyed.length ? greyed : null });
    this._coming = null;
    await this._writing(stores, async (tx) => {
      putDocs(tx, docs, anew);
      if (stores.includes("staged")) await unstage(tx, sealed);
      else await putFacts(tx, sealed, "mark");
    });
    taking.isWritten = !aside.length;
    const goesOn = isWhole && stores !== COPY;
    if (goesOn) this._coming = taking;
    else if (!aside.length) this._homes = { homes: overlay.homes, turn };
  }

  /** @param {boolean} isWhole @returns {Promise<Taking>} */
  async _begin(isWhole) {
    const [kept, turn] = [this._homes, await this.mark("turn")];
    this._homes = null; // until what is done with it is written
    const homes = kept !== null && !isWhole && kept.turn === turn ? kept.homes : undefined;
    return {
      overlay: new Overlay(this.db, isWhole, homes),
      unsent: await this.unsentScopes(),
      greyed: new Set(isWhole ? [] : await this.greyed()),
      kinds: new Set(),
      rows: 0,
      isWhole,
      applied: [],
      isWritten: false,
      newest: null,
    };
  }

  /**
   * The staged pages in order; the last of them.
   * @param {Taking} taking
   * @returns {Promise<Page | null>}
   */
  async _applyStaged(taking) {
    for (const key of (await this.db.getAllKeys("staged")).map(Number)) {
      if (taking.applied.includes(key)) continue;
      const page = await this._staged(key);
      if (page === null) throw new Error("a staged page cannot be read");
      await this._apply(taking, page);
      taking.applied.push(key);
      taking.newest = page;
      taking.overlay.settle();
      await breathe();
    }
    return taking.newest;
  }

  /**
   * One page in its order: scopes dropped, segments put, rows gone, rows put.
   * @param {Taking} taking
   * @param {Pick<Page, "scopes" | "segments" | "inside" | "gone" | "rows">} page
   */
  async _apply(taking, page) {
    const { overlay, unsent, greyed } = taking;
    for (const scope of page.scopes.dropped) {
      if (unsent.has(scope)) greyed.add(scope);
      else await overlay.drop(scope);
    }
    for (const scope of page.scopes.added) {
      if (greyed.delete(scope)) await overlay.drop(scope); // what was kept is older than what comes
    }
    for (const one of page.segments) await this._putAll(taking, await this.shelf.rowsOf(one.id));
    for (const one of page.inside) await this._putAll(taking, one);
    for (const [kind, ids] of Object.entries(page.gone)) {
      if (!(kind in ROWS) || !ids.length) continue;
      await overlay.take(kind, ids);
      taking.kinds.add(kind);
    }
    await this._putAll(taking, page.rows);
  }

  /** @param {Taking} taking @param {Record<string, Rows>} rows */
  async _putAll(taking, rows) {
    for (const [kind, part] of Object.entries(rows)) {
      if (!(kind in ROWS)) continue;
      taking.rows += await taking.overlay.put(kind, part);
      taking.kinds.add(kind);
    }
  }

  /**
   * Keep, greyed, the scopes of unsent work that a whole copy did not bring: their texts as they
   * are now. Of an older copy, let go of those that nothing unsent refers to any more.
   * @param {Taking} taking @returns {Promise<Doc[]>}
   */
  async _grey({ overlay, unsent, greyed, isWhole }) {
    /** @type {Doc[]} */
    const aside = [];
    for (const scope of isWhole ? unsent : []) {
      if (await overlay.has("store", scope)) continue;
      greyed.add(scope);
      for (const kind of Object.keys(ROWS)) {
        const sealed = await this.db.get("pulled", [kind, scope]);
        if (sealed !== undefined) aside.push([[kind, scope], sealed]);
      }
    }
    for (const scope of isWhole ? [] : [...greyed]) {
      if (unsent.has(scope)) continue;
      greyed.delete(scope);
      await overlay.drop(scope);
    }
    return aside;
  }

  /**
   * How old the copy now is, and up to which verdict work is in it.
   * @param {Page} page
   * @param {number} covered
   */
  async _dated(page, covered) {
    return {
      covered,
      as_of: { ...(await this.mark("as_of")), ...page.as_of },
      server_time: page.server_time,
      pulled_at: instant(this.clock.now()),
    };
  }

  /**
   * Put right what a comparison found, in one transaction, and stand at `cursor`, if that is
   * another.
   * @param {Pick<Page, "scopes" | "gone" | "rows">} found @param {string | null} cursor
   */
  async repair(found, cursor) {
    const taking = await this._begin(false);
    await this._apply(taking, { ...found, segments: [], inside: [] });
    await this._write(taking, ["pulled", "mark"], cursor === null ? {} : { cursor });
  }

  /** Let go of scopes taken away from us once nothing unsent refers to them any more. */
  async dropGreyed() {
    if (!(await this.greyed()).length) return;
    await this.repair({ scopes: { added: [], dropped: [] }, gone: {}, rows: {} }, null);
  }

  /**
   * The last that is given up for an order: the cards of the year, the largest part of the copy.
   * Whether there were any. The next comparison with the server brings them again.
   */
  async giveUpCards() {
    const cards = IDBKeyRange.bound(["card"], ["card", []]);
    if (!(await this.db.count("pulled", cards))) return false;
    const turn = Number((await this.mark("turn")) ?? 0) + 1;
    const sealed = await sealedValues({ turn, verify_due: "crash" });
    await this._writing(["pulled", "mark"], async (tx) => {
      await store(tx, "pulled").delete(cards);
      await putFacts(tx, sealed, "mark");
    });
    return true;
  }

  /** Drop everything, on the disk when this returns. */
  async wipe() {
    const wiping = (/** @type {Transaction} */ tx) =>
      Promise.all(COPY.map((name) => store(tx, name).clear()));
    await this._writing(COPY, wiping, "strict");
  }

  /** How many rows the copy holds, by kind. @returns {Promise<Record<string, number>>} */
  async counts() {
    /** @type {Record<string, number>} */
    const found = {};
    for (const kind of Object.keys(ROWS)) found[kind] = (await this.pulled(kind)).length;
    return found;
  }
}

/** A text of the copy, sealed, and where it is kept; null: no row is left.
 * @typedef {[[string, string], string | null]} Doc */

/**
 * A pull being taken in.
 * @typedef {object} Taking
 * @property {Overlay} overlay
 * @property {Set<string>} unsent scopes that unsent work refers to
 * @property {Set<string>} greyed
 * @property {Set<string>} kinds
 * @property {number} rows
 * @property {boolean} isWhole
 * @property {number[]} applied keys of the staged pages that are in it
 * @property {Page | null} newest
 * @property {boolean} isWritten the copy holds what was in it then, and nothing else
 */

/** @param {Transaction} tx @param {Doc[]} docs @param {boolean} isAnew */
function putDocs(tx, docs, isAnew) {
  // Thousands at once: no promise for each, the transaction tells when they are done.
  const into = /** @type {IDBObjectStore} */ (unwrap(store(tx, "pulled")));
  if (isAnew) into.clear();
  for (const [key, text] of docs) {
    if (text !== null) into.put(text, key);
    else if (!isAnew) into.delete(key);
  }
}

/** Let the screen draw and a finger be noticed, between two pieces of long work. */
export function breathe() {
  return new Promise((done) => setTimeout(done, 0));
}
