// @ts-check
// An order being typed: a key prices one line anew, and the promotions go over the lines that are
// there. Nothing on a key reads the store or looks through the catalogue.
//
//     const sheet = new Sheet(await verbs.pad(storeId));
//     sheet.put("20041", "2", "case");
//     const { net_minor } = sheet.total();

import { totalMinor } from "./pad.js";
import { Refused } from "./refused.js";

/** @typedef {import("./pad.js").Pad} Pad */
/** @typedef {import("./pad.js").PricedLine} PricedLine */
/** @typedef {import("./pad.js").Wanted} Wanted */

/** Lines in the order in which they were begun, one a product. */
export class Sheet {
  /** @param {Pad} pad */
  constructor(pad) {
    this.pad = pad;
    /** @type {Map<string, { wanted: Wanted, line: PricedLine | null, refused: Refused | null }>} */
    this._typed = new Map();
  }

  /**
   * What is typed for a product; nothing ("" or "0") takes it off. Lines that cannot be are kept
   * with what is wrong with them, and count for nothing.
   * @param {string} product @param {string} typed @param {string} [uom]
   */
  put(product, typed, uom = "each") {
    if (/^0*(?:\.0*)?$/.test(typed)) {
      this._typed.delete(product);
      return;
    }
    const there = this._typed.get(product);
    if (there && there.wanted.typed === typed && there.wanted.uom === uom) return;
    const wanted = { product, typed, uom };
    try {
      this._typed.set(product, { wanted, line: this.pad.line(wanted), refused: null });
    } catch (no) {
      if (!(no instanceof Refused)) throw no;
      this._typed.set(product, { wanted, line: null, refused: no });
    }
  }

  /** Lines as order() wants them; those that cannot be are among them. @returns {Wanted[]} */
  wanted() {
    return Array.from(this._typed.values(), (one) => one.wanted);
  }

  /** What it comes to now: lines with their promotions, refusals by product, and the total. */
  total() {
    const typed = [...this._typed.values()];
    const priced = typed.flatMap((one) => (one.line === null ? [] : [one.line]));
    const lines = this.pad.promoted(priced);
    const refused = new Map(
      typed.flatMap((one) => (one.refused === null ? [] : [[one.wanted.product, one.refused]])));
    return {
      lines,
      refused: /** @type {Map<string, Refused>} */ (refused),
      gross_minor: lines.reduce((sum, line) => sum + line.gross_minor, 0),
      discount_minor: lines.reduce((sum, line) => sum + line.discount_minor, 0),
      net_minor: totalMinor(lines),
    };
  }
}
