// @ts-check
// What the screens hold in memory: the catalogue, which each verb asks of; and the day's list
// to begin with.

import { isoDay } from "./speech.js";
import { keepDay, stamp } from "./stored/glance.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {import("./shown/catalogue.js").Catalogue} Catalogue */
/** @typedef {import("./stored/glance.js").Day} Day */
/** @typedef {import("./stored/glance.js").Listed} Listed */

/** What the day's list is made of has changed. */
const CHANGES = ["rows", "queue", "verdict", "draft", "fact"];

/** The catalogue: read once, and again whenever something of it changed. */
export class Memory {
  /** @param {Local} local */
  constructor(local) {
    this.local = local;
    /** @type {Catalogue | null} */
    this.catalogue = null;
    /** @type {Listed | null} */
    this._listed = null;
    this._listed_on = "";
    this._kept = "";
    local.changed.addEventListener("rows", () => {
      if (this.catalogue) this.read().catch(console.error); // costs nothing where it stayed
    });
    for (const event of CHANGES) {
      local.changed.addEventListener(event, () => { this._listed = null; });
    }
  }

  /** The catalogue as of the last change. @returns {Promise<Catalogue>} */
  async read() {
    const { catalogueOf } = await import("./shown/reading.js");
    this.catalogue = await catalogueOf(this.local);
    return this.catalogue;
  }

  /** The day's list as it was when the app was left, and still is. @param {Listed} listed */
  begin(listed) {
    this._listed = listed;
    this._listed_on = isoDay();
  }

  /** That list, to begin with, once: from then on it is read. null where something has changed since
   * the app began, or the day: it may have begun at a store, or at its code overnight.
   * @returns {Listed | null} */
  takeDay() {
    const listed = this._listed_on === isoDay() ? this._listed : null;
    this._listed = null;
    return listed;
  }

  /** Read a day's list, and keep it for the next start.
   * @param {boolean} isWhole @param {() => Promise<Day>} read @returns {Promise<Day>} */
  async dayRead(isWhole, read) {
    const stamped = await stamp(this.local.db);
    const day = await read();
    const text = JSON.stringify([stamped, day.stops]);
    if (!day.partial && text !== this._kept) {
      this._kept = text;
      void keepDay(this.local.db, stamped, { day, isWhole });
    }
    return day;
  }

  /** The catalogue that is here; right after a start it is read first.
   * @returns {Catalogue | Promise<Catalogue>} */
  ready() {
    return this.catalogue ?? this.read();
  }
}
