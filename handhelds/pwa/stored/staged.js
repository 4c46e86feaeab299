// @ts-check
// Pages of a pull that is not complete yet, kept as they came, so that a cut costs only one of them;
// and the one way to write the copy.

import { PAGE, readText } from "../answers.js";
import { NotSaved, isFull, putFacts, sealedValues, store } from "./field.js";
import { Reads } from "./reads.js";
import { opened, seal } from "./seal.js";
import { Shelved } from "./shelf.js";

/** @typedef {import("../answers.js").Page} Page */
/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./idb.js").Transaction} Transaction */

/** Marks of a pull on its way; none is left when it is over. */
export const STAGED = {
  staged_page: null,
  staged_answers: null,
  staged_last: null,
  staged_usable: null,
};

export class Staged extends Reads {
  /** @param {Database} db */
  constructor(db) {
    super(db);
    this.shelf = new Shelved(db);
    /** The page staged last, as it was read. @type {{key: number, page: Page} | null} */
    this._latest = null;
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
      if (isFull(cause)) {
        throw new NotSaved("there is no room for news", cause, "refused.no_room");
      }
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
   * @param {Page} page
   * @param {string} body
   * @param {number} answers how many verdicts were taken in so far
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
      const key = Number(await store(tx, "staged").add(sealed));
      await putFacts(tx, marks, "mark");
      await this.shelf.expect(tx, page.segments);
      this._latest = { key, page };
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

  /** @param {number} key @returns {Promise<Page | null>} */
  async _staged(key) {
    const latest = this._latest;
    this._latest = null;
    if (latest?.key === key) return latest.page;
    return readText(await opened(await this.db.get("staged", key)), PAGE);
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
}

/** @param {Transaction} tx @param {[string, string | null][]} marks */
export async function unstage(tx, marks) {
  for (const name of ["staged", "segment", "piece"]) await store(tx, name).clear();
  await putFacts(tx, marks, "mark");
}
