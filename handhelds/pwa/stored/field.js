// @ts-check
// A handheld's store, open: single facts, counters, drafts, and the one way to write the rep's
// work.
//
// `writing` promises what a rep is told: when it returns, the work is on the disk (durability
// "strict"), and when it throws NotSaved, nothing of it was kept.

import { openedValue, sealValue } from "./seal.js";

/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./idb.js").Transaction} Transaction */
/** @typedef {import("../clock.js").Clock} Clock */

/** Nothing was saved, and the rep must be told so: `key` names the sentence that does, `values`
 * what stands in it (words/*_verbs.js). The message is for those who look for a fault. */
export class NotSaved extends Error {
  /**
   * @param {string} why @param {unknown} [cause]
   * @param {string} [key] @param {Record<string, string>} [values]
   */
  constructor(why, cause, key = "refused.not_saved", values = { why }) {
    super(why, { cause });
    this.name = "NotSaved";
    this.key = key;
    this.values = values;
  }
}

/** What of the store has changed: `kinds` of rows ("rows"), or a draft's `key` ("draft").
 * @typedef {{kinds?: string[], key?: string, sync?: {state: "begun" | "going" | "ended",
 *   bytes?: number, ending?: import("../answers.js").Ending}}} What */

/** An event of `local.changed`; `elsewhere`: another tab did it. */
export class Changed extends Event {
  /** @param {string} type @param {What} what @param {boolean} elsewhere */
  constructor(type, what, elsewhere) {
    super(type);
    this.what = what;
    this.elsewhere = elsewhere;
  }
}

export class Field {
  /** @param {Database} db @param {string} name @param {Clock} clock */
  constructor(db, name, clock) {
    this.db = db;
    this.name = name;
    this.clock = clock;
    /**
     * Tells what changed, in this tab or another: "rows" (look again at what you show), "queue"
     * (the outbox), "verdict" (something was answered), "fact", "draft", "sync" (see link.js),
     * "outdated" (a newer program has taken the store over: reload).
     */
    this.changed = new EventTarget();
    this._channel = new BroadcastChannel(`talaria-${name}`);
    /** @type {any} */ (this._channel).unref?.(); // under node it keeps no program alive
    this._channel.onmessage = ({ data }) => {
      this.changed.dispatchEvent(new Changed(data.type, data.what, true));
    };
    /** Frees some of what can be had again when the room is used up, and says whether there was
     * any; local.js puts it in.
     * @type {() => Promise<boolean>} */
    this.makeRoom = async () => false;
  }

  close() {
    this._channel.close();
    this.db.close();
  }

  /** Tell every tab, this one first. @param {string} type @param {What} [what] */
  tell(type, what = {}) {
    this.changed.dispatchEvent(new Changed(type, what, false));
    this._channel.postMessage({ type, what });
  }

  /**
   * One transaction on the rep's work: all of it is on the disk on return, or none of it is kept.
   * `act` awaits nothing but what it asks of `tx`; it is called anew if room had to be made.
   * @template T
   * @param {readonly string[]} stores
   * @param {(tx: Transaction) => Promise<T>} act
   * @returns {Promise<T>}
   */
  async writing(stores, act) {
    for (;;) {
      try {
        return await this._once(stores, act);
      } catch (trouble) {
        if (trouble instanceof NotSaved) throw trouble;
        if (isFull(trouble) && (await this.makeRoom())) continue;
        const why = trouble instanceof Error ? trouble.message || trouble.name : String(trouble);
        const key = isFull(trouble) ? "refused.no_room" : "refused.not_saved";
        throw new NotSaved(`NOT saved, nothing was changed: ${why}`, trouble, key, { why });
      }
    }
  }

  /**
   * @template T
   * @param {readonly string[]} stores
   * @param {(tx: Transaction) => Promise<T>} act
   */
  async _once(stores, act) {
    const tx = this.db.transaction([...stores], "readwrite", { durability: "strict" });
    tx.done.catch(() => undefined); // told below
    let found;
    try {
      found = await act(tx);
    } catch (trouble) {
      try {
        tx.abort();
      } catch {
        // it ended by itself
      }
      throw tx.error ?? trouble;
    }
    await tx.done;
    return found;
  }

  // --- single values ------------------------------------------------------------------------

  /** A single kept value; null when there is none. @param {string} name @returns {Promise<any>} */
  async fact(name) {
    return openedValue(await this.db.get("fact", name));
  }

  /** Keep single values; null takes one away. @param {Record<string, unknown>} values */
  async keepFacts(values) {
    const sealed = await sealedValues(values);
    await this.writing(["fact"], async (tx) => putFacts(tx, sealed));
    this.tell("fact");
  }

  /** @param {string} name @param {unknown} value */
  async keepFact(name, value) {
    await this.keepFacts({ [name]: value });
  }

  /**
   * The last number a counter gave; 0 when it gave none.
   * @param {string} name
   * @returns {Promise<number>}
   */
  async counted(name) {
    return (await this.db.get("counter", name)) ?? 0;
  }

  // --- one tab talks at a time (turns.js) ---------------------------------------------------

  /**
   * Take or renew the right to talk; whether it is ours.
   * @param {string} me
   * @param {number} now
   * @param {number} ms for so long
   */
  async takeTurn(me, now, ms) {
    return this.writing(["fact"], async (tx) => {
      const held = await store(tx, "fact").get("turn");
      if (held && held.who !== me && held.until > now && held.until <= now + ms) return false;
      await store(tx, "fact").put({ who: me, until: now + ms }, "turn");
      return true;
    });
  }

  /** @param {string} me */
  async leaveTurn(me) {
    await this.writing(["fact"], async (tx) => {
      if ((await store(tx, "fact").get("turn"))?.who === me) await store(tx, "fact").delete("turn");
    });
  }

  // --- drafts -------------------------------------------------------------------------------

  /**
   * What was typed and not saved yet; null when there is nothing.
   * @param {string} key
   * @returns {Promise<any>}
   */
  async draft(key) {
    return openedValue(await this.db.get("draft", key));
  }

  /**
   * Every draft, of keys that begin so.
   * @param {string} [begins]
   * @returns {Promise<{key: string, value: any}[]>}
   */
  async drafts(begins = "") {
    const range = IDBKeyRange.bound(begins, `${begins}\uffff`);
    const tx = this.db.transaction("draft");
    const [keys, values] = await Promise.all([tx.store.getAllKeys(range), tx.store.getAll(range)]);
    return Promise.all(
      keys.map(async (key, at) => ({ key: String(key), value: await openedValue(values[at]) })),
    );
  }

  /**
   * Keep a draft; it stays until it is dropped or saved.
   * @param {string} key
   * @param {unknown} value
   */
  async keepDraft(key, value) {
    const sealed = await sealValue(value);
    await this.writing(["draft"], (tx) => store(tx, "draft").put(sealed, key));
    this.tell("draft", { key });
  }

  /** @param {string} key */
  async dropDraft(key) {
    await this.writing(["draft"], (tx) => store(tx, "draft").delete(key));
    this.tell("draft", { key });
  }
}

/** Whether the browser gives no more room. @param {unknown} trouble */
export function isFull(trouble) {
  return trouble instanceof Error && trouble.name === "QuotaExceededError";
}

/**
 * A store of a transaction that may write.
 * @param {Transaction} tx @param {string} name
 * @returns {import("idb").IDBPObjectStore<any, any, string, "readwrite">}
 */
export function store(tx, name) {
  return /** @type {any} */ (tx.objectStore(name));
}

/** @param {Record<string, unknown>} values @returns {Promise<[string, string | null][]>} */
export async function sealedValues(values) {
  return Promise.all(
    Object.entries(values).map(async ([name, value]) => {
      const none = value === null || value === undefined;
      return /** @type {[string, string | null]} */ ([name, none ? null : await sealValue(value)]);
    }),
  );
}

/** @param {Transaction} tx @param {[string, string | null][]} sealed @param {string} [where] */
export async function putFacts(tx, sealed, where = "fact") {
  const into = store(tx, where);
  await Promise.all(
    sealed.map(([name, value]) => (value === null ? into.delete(name) : into.put(value, name))),
  );
}

/**
 * The next number of a counter; counts only if the transaction around it does.
 * @param {Transaction} tx
 * @param {string} name
 * @returns {Promise<number>}
 */
export async function countUp(tx, name) {
  const next = ((await store(tx, "counter").get(name)) ?? 0) + 1;
  await store(tx, "counter").put(next, name);
  return next;
}
