// @ts-check
// What a handheld keeps in its browser, and how an older program's store becomes this one's.
//
// One database. Its object stores are of two sorts, which no transaction confuses:
//   the rep's work, which exists nowhere else yet, written with durability "strict":
//     fact      single values: identity, epoch, clock offset ...; name -> sealed JSON
//     counter   change: last n given; order, receipt, store: last number; answer: verdicts taken
//     change    a change, the rows it makes, and what became of it (see work.js)
//     seen      notices of the office that the rep has read: id -> version
//     draft     what the rep has typed and not saved yet: key -> sealed JSON
//     photo     pictures on their way, through a channel of their own (photos.js); by id
//   the copy, which the server can give again, written faster:
//     pulled    [kind, scope] -> the rows of that kind in that scope, as one sealed text
//     mark      cursor, as_of, covered, greyed ...; name -> sealed JSON
//     staged    pages of a pull that is not complete yet, as they came
//     segment   prepared rows that staged pages name
//     piece     of a segment: [segment, first] -> bytes
//
// A store's year of cards is one text of one record: a browser takes milliseconds for each record,
// and hardly more for a large one than for a small one.

import { openDB } from "./idb.js";

/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./idb.js").Upgrade} Upgrade */

export const WORK = /** @type {const} */ (["fact", "counter", "change", "seen", "draft", "photo"]);
export const COPY = /** @type {const} */ (["pulled", "mark", "staged", "segment", "piece"]);

/**
 * STEPS[n] brings a store of version n to version n + 1. Never change one that was released: add
 * another. A step may read and write through the upgrade's own transaction, `tx`, and await nothing
 * else; if it fails, the browser undoes all of it and the older program goes on.
 * @type {((db: Database, tx: Upgrade) => void | Promise<void>)[]}
 */
export const STEPS = [
  (db) => {
    db.createObjectStore("fact");
    db.createObjectStore("counter");
    const change = db.createObjectStore("change", { keyPath: "seq", autoIncrement: true });
    change.createIndex("id", "id", { unique: true });
    change.createIndex("n", "n", { unique: true }); // a change that has none is not in it
    change.createIndex("answered_at", "answered_at");
    change.createIndex("waits", "waits"); // 1 while there is no outcome
    change.createIndex("live", "live", { multiEntry: true }); // kinds of the rows it still shows
    db.createObjectStore("seen");
    db.createObjectStore("draft");
    db.createObjectStore("photo", { keyPath: "id" });
    db.createObjectStore("pulled");
    db.createObjectStore("mark");
    db.createObjectStore("staged", { autoIncrement: true });
    const segment = db.createObjectStore("segment", { keyPath: "no", autoIncrement: true });
    segment.createIndex("id", "id", { unique: true });
    db.createObjectStore("piece");
  },
];

/**
 * Open a handheld's store, brought to this program's version. An older page that has it open is
 * told to let go (`outdated`), and so are we when a newer one wants it.
 * @param {string} name
 * @param {() => void} outdated called when a newer program wants to upgrade: this page is of the past
 * @param {typeof STEPS} [steps]
 * @returns {Promise<Database>}
 */
export async function openStore(name, outdated, steps = STEPS) {
  const db = await openDB(name, steps.length, {
    async upgrade(db, before, _now, tx) {
      tx.done.catch(() => undefined); // told by openDB
      try {
        for (const step of steps.slice(before)) await step(db, tx);
      } catch (trouble) {
        console.error(trouble);
        tx.abort(); // or the browser keeps the half of it that was asked for
      }
    },
    blocking() {
      db.close();
      outdated();
    },
    terminated: outdated,
  });
  return db;
}
