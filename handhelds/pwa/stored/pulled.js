// @ts-check
// The copy of the server's rows: pages are staged as they came and swapped in all at once.
//
// Everything here is written by the one tab that syncs; every tab reads it (reads.js).

import { PAGE, readText } from "../answers.js";
import { instant } from "../clock.js";
import { NotSaved, isFull, putFacts, sealedValues, store } from "./field.js";
import { ROWS } from "./columns.js";
import { Overlay } from "./overlay.js";
import { Reads } from "./reads.js";
import { COPY } from "./schema.js";
import { opened, seal } from "./seal.js";
import { Shelved } from "./shelf.js";

/** @typedef {import("../answers.js").Page} Page */
/** @typedef {import("../answers.js").Rows} Rows */
/** @typedef {import("../clock.js").Clock} Clock */
/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./idb.js").Transaction} Transaction */

const STAGED = { staged_page: null, staged_answers: null, staged_last: null, staged_usable: null };

export class Pulled extends Reads {
  /**
   * @param {Database} db @param {Clock} clock
   * @param {() => Promise<Set<string>>} unsentScopes scopes that unsent work refers to
   */
  constructor(db, clock, unsentScopes) {
    super(db);
    this.clock = clock;
    this.unsentScopes = unsentScopes;
    this.shelf = new Shelved(db);
  }

  /**
   * One transaction on the copy alone. NotSaved: the browser gives no more room.
   * @param {readonly string[]} stores @param {(tx: Transaction) => Promise<unknown>} act
   * @param {IDBTransactionDurability} [durability]
   */
  async _writing(stores, act, durability = "relaxed") {
    const tx = this.db.transaction([...stores], "readwrite", { durability });
    tx.done.catch(() => undefined); // told below
    try {
      await act(tx);
      await tx.done;
    } catch (trouble) {
      try {
        tx.abort();
      } catch {
        // it ended by itself
      }
      const cause = tx.error ?? trouble;
      if (isFull(cause)) throw new NotSaved("there is no room for news", cause);
      throw cause;
    }
  }

  /** Keep values of the copy; null takes one away. @param {Record<string, unknown>} values */
  async keepMarks(values) {
    const sealed = await sealedValues(values);
    await this._writing(["mark"], (tx) => putFacts(tx, sealed, "mark"));
  }

  /** @returns {Promise<{cursor: string | null, page: string | null}>} */
  async position() {
    return { cursor: await this.mark("cursor"), page: await this.mark("staged_page") };
  }

  /** Scopes taken away while unsent work refers to them. @returns {Promise<string[]>} */
  async greyed() {
    return (await this.mark("greyed")) ?? [];
  }

  /**
   * Keep a page that is not the last, or whose segments are still to be fetched; losing the
   * handheld now costs only this page.
   * @param {Page} page @param {string} body @param {number} answers how many verdicts were taken in so far
   */
  async stage(page, body, answers) {
    const isFirst = (await this.db.count("staged")) === 0;
    const sealed = await seal(body);
    const marks = await sealedValues({
      ...(isFirst ? { staged_answers: answers } : {}),
      staged_page: page.page,
      staged_last: page.complete || null,
      ...(page.usable && !page.complete ? { staged_usable: true } : {}),
    });
    await this._writing(["staged", "segment", "mark"], async (tx) => {
      await store(tx, "staged").add(sealed);
      await putFacts(tx, marks, "mark");
      await this.shelf.expect(tx, page.segments);
    });
  }

  /** Whether the last page is staged, and only its segments were waited for. */
  async isStagedWhole() {
    return Boolean(await this.mark("staged_last"));
  }

  async forgetStaged() {
    await this._unstaging({});
  }

  /** The next pull brings everything anew; until it is complete the old copy stays. */
  async forgetCursor() {
    await this._unstaging({ cursor: null });
  }

  /** @param {Record<string, unknown>} marks */
  async _unstaging(marks) {
    const sealed = await sealedValues({ ...STAGED, ...marks });
    await this._writing(["mark", "staged", "segment", "piece"], (tx) => unstage(tx, sealed));
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
    const taking = await this._begin(isWhole);
    const staged = await this._applyStaged(taking);
    if (last !== null) await this._apply(taking, last);
    const newest = last ?? staged;
    await this._grey(taking);
    const marks = await sealedValues({
      ...STAGED,
      ...(newest ? { cursor: newest.cursor, directives: newest.directives } : {}),
      ...(newest ? await this._dated(newest, covered) : {}),
      partial: null,
      greyed: greyedNow(taking),
    });
    const docs = await taking.overlay.sealed();
    await this._writing(COPY, async (tx) => {
      await putDocs(tx, docs, isWhole);
      await unstage(tx, marks);
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
    const taking = await this._begin(true);
    const newest = await this._applyStaged(taking);
    await this._grey(taking);
    const docs = await taking.overlay.sealed();
    const stores = docs.filter(([[kind], text]) => kind === "store" && text !== null).length;
    const marks = await sealedValues({
      ...(newest ? await this._dated(newest, (await this.mark("staged_answers")) ?? 0) : {}),
      partial: { stores },
      staged_usable: null,
      greyed: greyedNow(taking),
    });
    await this._writing(["pulled", "mark"], async (tx) => {
      await putDocs(tx, docs, true);
      await putFacts(tx, marks, "mark");
    });
    return true;
  }

  /** @param {boolean} isWhole @returns {Promise<Taking>} */
  async _begin(isWhole) {
    return {
      overlay: new Overlay(this.db, isWhole),
      unsent: await this.unsentScopes(),
      greyed: new Set(isWhole ? [] : await this.greyed()),
      kinds: new Set(),
      rows: 0,
      isWhole,
    };
  }

  /**
   * The staged pages in order; the last of them.
   * @param {Taking} taking
   * @returns {Promise<Page | null>}
   */
  async _applyStaged(taking) {
    /** @type {Page | null} */
    let page = null;
    for (const key of await this.db.getAllKeys("staged")) {
      page = readText(await opened(await this.db.get("staged", key)), PAGE);
      if (page === null) throw new Error("a staged page cannot be read");
      await this._apply(taking, page);
      taking.overlay.settle();
      await breathe();
    }
    return page;
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

  /** Keep, greyed, the scopes of unsent work that a whole copy did not bring; let go of those that
   * nothing unsent refers to any more. @param {Taking} taking */
  async _grey({ overlay, unsent, greyed, isWhole }) {
    for (const scope of isWhole ? unsent : []) {
      if (await overlay.has("store", scope)) continue;
      greyed.add(scope);
      for (const kind of Object.keys(ROWS)) {
        const sealed = await this.db.get("pulled", [kind, scope]);
        if (sealed !== undefined) await overlay.keep(kind, scope, await opened(sealed));
      }
    }
    for (const scope of [...greyed]) {
      if (unsent.has(scope)) continue;
      greyed.delete(scope);
      await overlay.drop(scope);
    }
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
    await this._grey(taking);
    const docs = await taking.overlay.sealed();
    const marks = await sealedValues({
      ...(cursor === null ? {} : { cursor }),
      greyed: greyedNow(taking),
    });
    await this._writing(["pulled", "mark"], async (tx) => {
      await putDocs(tx, docs, false);
      await putFacts(tx, marks, "mark");
    });
  }

  /** Let go of scopes taken away from us once nothing unsent refers to them any more. */
  async dropGreyed() {
    if (!(await this.greyed()).length) return;
    await this.repair({ scopes: { added: [], dropped: [] }, gone: {}, rows: {} }, null);
  }

  /**
   * Give up what can be had again, so that an order finds room: pages and pieces of a pull that is
   * not complete. Whether there was any.
   */
  async makeRoom() {
    if (!(await this.db.count("staged")) && !(await this.db.count("piece"))) return false;
    await this.forgetStaged();
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

/**
 * A pull being taken in.
 * @typedef {{overlay: Overlay, unsent: Set<string>, greyed: Set<string>, kinds: Set<string>, rows: number, isWhole: boolean}} Taking
 */

/** @param {Taking} taking */
function greyedNow({ greyed }) {
  return greyed.size ? [...greyed].sort() : null;
}

/**
 * @param {Transaction} tx
 * @param {[[string, string], string | null][]} docs
 * @param {boolean} isWhole
 */
async function putDocs(tx, docs, isWhole) {
  const into = store(tx, "pulled");
  if (isWhole) await into.clear();
  for (const [key, text] of docs) {
    if (text !== null)
      void into.put(text, key).catch(() => undefined); // the transaction tells
    else if (!isWhole) void into.delete(key).catch(() => undefined);
  }
}

/** @param {Transaction} tx @param {[string, string | null][]} marks */
async function unstage(tx, marks) {
  for (const name of ["staged", "segment", "piece"]) await store(tx, name).clear();
  await putFacts(tx, marks, "mark");
}

/** Let the screen draw and a finger be noticed, between two pieces of long work. */
export function breathe() {
  return new Promise((done) => setTimeout(done, 0));
}
