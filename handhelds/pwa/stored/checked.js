// @ts-check
// The copy's rows as digests, slices and hashes, and the repair of those that are wrong.
//
// Hashes are made from what the store holds now, never kept: a kept one would be true for ever of a
// row that a failing disk has changed since. Rows of a store taken away (greyed) are not compared.
// When the copy is compared: in the night, each handheld at its own minute, after an update of the
// program, and instead of a whole new copy when the server does not know the cursor.

import { instant, moment } from "../clock.js";
import { NEWEST, ROWS } from "./columns.js";
import { NOTHING, keyDigits, plus, rowHasher } from "./digest.js";
import { sha256Hex } from "./hash.js";
import { rowsIn as rowsOfText } from "./overlay.js";
import { breathe } from "./pulled.js";
import { opened } from "./seal.js";

/** @typedef {import("../answers.js").Rows} Rows */
/** @typedef {import("../clock.js").Clock} Clock */
/** @typedef {import("../verify.js").Held} Held */
/** @typedef {import("../verify.js").Slice} Slice */
/** @typedef {import("./digest.js").Digest} Digest */
/** @typedef {import("./pulled.js").Pulled} Pulled */

const NIGHT_HOUR = 1;
const NIGHT_HOURS = 4;
/** Who sleeps at night verifies within so many hours of the day, not all at eight o'clock. */
const CATCH_UP_HOURS = 8;
const HOUR_MS = 3_600_000;
/** So long the screen may wait for the hashing of rows. */
const TURN_MS = 12;

/** @typedef {{scope: string, kind: string, id: string, values: any[]}} Looked */

export class Checked {
  /** @param {Pulled} copy @param {Clock} clock @param {string} app the program and its version */
  constructor(copy, clock, app) {
    this.copy = copy;
    this.clock = clock;
    /** Another program, or another version of rows, compares the copy at once. */
    this.program = `${app}, rows of version ${NEWEST}`;
  }

  /** Whether there is a copy worth comparing, however old. */
  async hasRows() {
    return !(await this.said("lost")) && (await this.copy.db.count("pulled")) > 0;
  }

  // --- comparing ----------------------------------------------------------------------------

  /**
   * What each scope comes to, but for these rows.
   * @param {Set<string>} leaveOut
   * @returns {Promise<Map<string, Digest>>}
   */
  async digests(leaveOut) {
    const rowHash = await rowHasher();
    /** @type {Map<string, Digest>} */
    const found = new Map();
    for await (const row of this._rows(null)) {
      if (leaveOut.has(`${row.kind}/${row.id}`)) continue;
      const one = { rows: 1, sum: rowHash(row.kind, row.values) };
      found.set(row.scope, plus(found.get(row.scope) ?? NOTHING, one));
    }
    return found;
  }

  /**
   * The digests of the sixteen parts of each slice.
   * @param {Slice[]} slices
   * @param {Set<string>} leaveOut
   * @returns {Promise<Digest[][]>}
   */
  async sixteen(slices, leaveOut) {
    const rowHash = await rowHasher();
    const parts = slices.map(() => /** @type {Digest[]} */ (new Array(16).fill(NOTHING)));
    for await (const { place, row, digits } of this._sliced(slices, leaveOut)) {
      const digit = digits[slices[place]?.at.length ?? 0];
      const sums = parts[place];
      if (digit === undefined || sums === undefined) continue;
      const at = parseInt(digit, 16);
      sums[at] = plus(sums[at] ?? NOTHING, { rows: 1, sum: rowHash(row.kind, row.values) });
    }
    return parts;
  }

  /**
   * The rows of each slice.
   * @param {Slice[]} slices
   * @param {Set<string>} leaveOut
   * @returns {Promise<Held[][]>}
   */
  async rowsIn(slices, leaveOut) {
    const rowHash = await rowHasher();
    /** @type {Held[][]} */
    const found = slices.map(() => []);
    for await (const { place, row } of this._sliced(slices, leaveOut)) {
      const hash = rowHash(row.kind, row.values).toString(16).padStart(16, "0");
      const version = Number.isSafeInteger(row.values[2]) ? row.values[2] : 0;
      found[place]?.push({ kind: row.kind, id: row.id, version, hash });
    }
    return found;
  }

  /** @param {Slice[]} slices @param {Set<string>} leaveOut */
  async *_sliced(slices, leaveOut) {
    if (!slices.length) return;
    for await (const row of this._rows(new Set(slices.map((one) => one.scope)))) {
      if (leaveOut.has(`${row.kind}/${row.id}`)) continue;
      const digits = keyDigits(row.kind, row.id);
      for (const [place, { scope, at }] of slices.entries()) {
        if (scope === row.scope && digits.startsWith(at)) yield { place, row, digits };
      }
    }
  }

  /**
   * Every row that is compared, of these scopes (null: all).
   * @param {Set<string> | null} scopes
   * @returns {AsyncGenerator<Looked>}
   */
  async *_rows(scopes) {
    const greyed = new Set(await this.copy.greyed());
    let begun = Date.now();
    for (const key of await this.copy.db.getAllKeys("pulled")) {
      const [kind, scope] = /** @type {[string, string]} */ (key);
      if (!(kind in ROWS) || greyed.has(scope) || scopes?.has(scope) === false) continue;
      const sealed = await this.copy.db.get("pulled", [kind, scope]);
      if (sealed === undefined) continue;
      for (const [id, values] of rowsOfText(kind, await opened(sealed))) {
        yield { scope, kind, id, values };
        if (Date.now() - begun > TURN_MS) {
          await breathe();
          begun = Date.now();
        }
      }
    }
  }

  // --- repairing ----------------------------------------------------------------------------

  /**
   * Put right what was found, in one transaction; kind -> rows put or taken away.
   * @param {Record<string, Rows>} rows @param {Record<string, string[]>} gone
   * @param {string[]} dropped scopes that are not ours any more; greyed where unsent work refers to them
   * @param {string | null} cursor where the copy stands from now on, if that is another
   * @returns {Promise<Record<string, number>>}
   */
  async repair(rows, gone, dropped, cursor) {
    /** @type {Record<string, number>} */
    const counts = {};
    /** @type {Record<string, string[]>} */
    const going = {};
    for (const kind of Object.keys(ROWS)) {
      const part = rows[kind];
      const at = part?.columns.indexOf("id") ?? -1;
      const sent = new Set(part?.data.map((row) => row[at]));
      going[kind] = (gone[kind] ?? []).filter((id) => !sent.has(id));
      const changed = going[kind].length + (part?.data.length ?? 0);
      if (changed) counts[kind] = changed;
    }
    await this.copy.repair({ scopes: { added: [], dropped }, gone: going, rows }, cursor);
    return counts;
  }

  // --- when, and what came of it --------------------------------------------------------------

  /**
   * A kept value about comparing; null when there is none. Lost with the copy.
   * @param {string} name
   * @returns {Promise<any>}
   */
  async said(name) {
    return this.copy.mark(`verify_${name}`);
  }

  /** Keep values about comparing. @param {Record<string, unknown>} values */
  async keep(values) {
    const named = Object.entries(values).map(([name, value]) => [`verify_${name}`, value]);
    await this.copy.keepMarks(Object.fromEntries(named));
  }

  /**
   * The copy is the server's: from now on the next night counts.
   * @param {string} why
   * @param {number} rows
   * @param {Record<string, number>} repaired
   */
  async keepResult(why, rows, repaired) {
    const at = instant(this.clock.now());
    const result = { at, why, rows, repaired };
    await this.keep({ result, at, program: this.program, due: null, run: null, lost: null });
  }

  /** The copy cannot be repaired: the next pull brings it anew; until then it stays. */
  async lose() {
    await this.copy.forgetCursor();
    await this.keep({ lost: true, run: null });
  }

  /**
   * Why the copy is to be compared now; null when it is not. A run that was cut is.
   * @param {number} now @param {string} zone of the company @param {string} install
   * @returns {Promise<string | null>}
   */
  async due(now, zone, install) {
    const noted = await this.said("due");
    if (noted !== null) return String(noted);
    const last = await this.said("at");
    if (last === null) {
      await this.keep({ at: instant(now), program: this.program });
      return null;
    }
    if ((await this.said("program")) !== this.program) return "upgrade";
    return isDue(now, moment(last), zone, install) ? "nightly" : null;
  }
}

/**
 * Whether the night's comparison is due: in the night from this handheld's own minute on, else (it
 * was off) some hours into the day.
 * @param {number} now @param {number} last the last comparison, or the whole copy that was fetched
 * @param {string} zone @param {string} install
 */
export function isDue(now, last, zone, install) {
  const chance = parseInt(sha256Hex(install).slice(0, 8), 16) / 2 ** 32;
  const here = wall(now, zone);
  let night = new Date(here).setUTCHours(NIGHT_HOUR, 0, 0, 0);
  let own = night + chance * NIGHT_HOURS * HOUR_MS;
  if (own > here) {
    night -= 24 * HOUR_MS;
    own -= 24 * HOUR_MS;
  }
  if (wall(last, zone) >= own) return false;
  const isNight = here < night + NIGHT_HOURS * HOUR_MS;
  return isNight || here >= own + chance * CATCH_UP_HOURS * HOUR_MS;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function formatOf(zone) {
  let found = formats.get(zone);
  if (found === undefined) {
    const numeric = "numeric";
    found = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone: zone, hourCycle: "h23", year: numeric, month: numeric, day: numeric },
      ...{ hour: numeric, minute: numeric, second: numeric },
    });
    formats.set(zone, found);
  }
  return found;
}

/**
 * What the clocks on the wall of a zone show, as if it were UTC.
 * @param {number} ms
 * @param {string} zone
 */
function wall(ms, zone) {
  /** @type {Record<string, number>} */
  const shown = {};
  for (const { type, value } of formatOf(zone).formatToParts(ms)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
