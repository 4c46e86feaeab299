// @ts-check
// The things a rep looks up on every key, held in memory: products with their prices, promotions,
// stock, policies, and stores. Built from the local store's rows, and again when they change.
//
// Search reads one folded line of text a product: its code, name, brand, category and barcodes. A
// scan over 3,000 such lines costs a fraction of what a person notices, finds words in the middle
// of a Chinese name (where no space tells where a word begins), and has no index to keep in step.
// What begins with the word typed comes first.

import { parts } from "../stored/columns.js";
import { byText } from "../terms/compare.js";
import { as14, ofScan } from "../terms/gtin.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("../terms/gtin.js").Printed} Printed */
/** @typedef {{ row: Row, text: string, name: string }} Line */

/** Kinds that are held here whole. */
export const KINDS = /** @type {const} */ ([
  "product", "price_list", "price", "promotion", "tax_rate", "must_stock", "period", "policy",
  "warehouse", "stock", "store",
]);

/** What a store or product is found by. */
const SEARCHED = {
  product: ["id", "name", "brand", "category"],
  store: ["code", "name", "banner", "address", "city"],
};

const MARKS = /\p{M}+/gu;
const GAPS = /\s+/u;

/** Text as searched: no case, no accents, full-width letters as plain ones.
 * @param {string} text */
export function folded(text) {
  return text.toLowerCase().normalize("NFKD").replace(MARKS, "");
}

/** @param {Iterable<any>} values */
function searchText(values) {
  const words = [];
  for (const value of values) if (value !== null && value !== undefined) words.push(String(value));
  return folded(words.join(" "));
}

/** How well a line answers: 0 begins with the first word, 1 has every word at the beginning of a
 * word, 2 has them somewhere; -1 lacks one.
 * @param {string} text @param {string[]} words */
function rank(text, words) {
  let best = 1;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return -1;
    if (at > 0 && text[at - 1] !== " " && text.indexOf(` ${word}`, at) < 0) best = 2;
  }
  return best === 1 && text.startsWith(words[0]) ? 0 : best;
}

/** @param {Line[]} lines sorted by name @param {string} typed @param {number} atMost */
function search(lines, typed, atMost) {
  const words = folded(typed).split(GAPS).filter(Boolean);
  if (!words.length) return lines.slice(0, atMost).map((line) => line.row);
  /** @type {Row[][]} */
  const found = [[], [], []];
  for (const line of lines) {
    const place = rank(line.text, words);
    if (place >= 0 && found[place].length < atMost) found[place].push(line.row);
    if (found[0].length === atMost) break;
  }
  return found.flat().slice(0, atMost);
}

/** Lines in order of name, so that what is found need not be sorted on each key.
 * @param {Row[]} rows @param {(row: Row) => string} text @returns {Line[]} */
function linesOf(rows, text) {
  const made = rows.map((row) => ({ row, text: text(row), name: String(row.name ?? "") }));
  return made.sort((a, b) => byText(a.name, b.name) || byText(a.row.id, b.row.id));
}

/** Rows under a key each.
 * @param {Row[]} rows @param {(row: Row) => string} key @returns {Map<string, Row[]>} */
export function grouped(rows, key) {
  /** @type {Map<string, Row[]>} */
  const found = new Map();
  for (const row of rows) {
    const at = key(row);
    const there = found.get(at);
    if (there) there.push(row);
    else found.set(at, [row]);
  }
  return found;
}

/** What is looked up on every key, as of one reading of the local store. Read only. */
export class Catalogue {
  /** @param {Partial<Record<typeof KINDS[number], Row[]>>} rows */
  constructor(rows) {
    this.rows = rows;
    const products = rows.product ?? [];
    const units = new Map(products.map((row) => [row.id, parts("product", "uoms", row.uoms)]));
    /** @type {Map<string, Row[]>} */
    this.units = units;
    this.products = new Map(products.map((row) => [row.id, row]));
    this.stores = new Map((rows.store ?? []).map((row) => [row.id, row]));
    this.warehouses = new Map((rows.warehouse ?? []).map((row) => [row.id, row]));
    const gtins = (/** @type {Row} */ row) =>
      (units.get(row.id) ?? []).map((one) => one.gtin).filter(Boolean);
    this.productLines = linesOf(products, (row) =>
      searchText([...SEARCHED.product.map((name) => row[name]), ...gtins(row)]));
    const shown = (rows.store ?? []).filter((row) => row.code);
    this.storeLines = linesOf(shown, (row) => searchText(SEARCHED.store.map((name) => row[name])));
    this.stockOf = new Map((rows.stock ?? []).map((row) => [`${row.scope}/${row.product}`, row]));
    this.pricesOf = grouped(
      (rows.price ?? []).map((row) => ({ ...row, list: row.scope.replace(/^pl:/u, "") })),
      (row) => row.product,
    );
    this.printed = this._readBarcodes();
  }

  /** Every unit's barcode at 14 digits. @returns {Map<string, Printed[]>} */
  _readBarcodes() {
    /** @type {Map<string, Printed[]>} */
    const found = new Map();
    for (const { row } of this.productLines) {
      for (const unit of this.units.get(row.id) ?? []) {
        const number = unit.gtin ? as14(unit.gtin) : null;
        if (number === null) continue;
        const one = { gtin: unit.gtin, product: row.id, uom: unit.uom };
        const there = found.get(number);
        if (there) there.push(one);
        else found.set(number, [one]);
      }
    }
    return found;
  }

  /** All rows of a kind. @param {typeof KINDS[number]} kind @returns {Row[]} */
  pulled(kind) {
    return this.rows[kind] ?? [];
  }

  /** A product by its code. @param {string} code @returns {Row | null} */
  product(code) {
    return this.products.get(code) ?? null;
  }

  /** A store by its id. @param {string} id @returns {Row | null} */
  store(id) {
    return this.stores.get(id) ?? null;
  }

  /** Stock of the day of a product in a warehouse. @param {string | null} warehouse
   * @param {string} product @returns {Row | null} */
  stock(warehouse, product) {
    return this.stockOf.get(`wh:${warehouse}/${product}`) ?? null;
  }

  /** Every price version of a product here; `list` is the price list. @param {string} product */
  prices(product) {
    return this.pricesOf.get(product) ?? [];
  }

  /** Products in which every word is found, those first that begin so.
   * @param {string} typed @param {number} [atMost] @returns {Row[]} */
  search(typed, atMost = 20) {
    return search(this.productLines, typed, atMost);
  }

  /** Stores in which every word is found. @param {string} typed @param {number} [atMost] */
  searchStores(typed, atMost = 20) {
    return search(this.storeLines, typed, atMost);
  }

  /** The units that carry a scanned barcode; one barcode may stand on several products.
   * @param {string} text @returns {Printed[]} */
  scanned(text) {
    const number = ofScan(text);
    return number === null ? [] : (this.printed.get(number) ?? []);
  }
}

/** Read what is held in memory.
 * @param {{ rows(kind: string): Promise<Row[]> }} local @returns {Promise<Catalogue>} */
export async function readCatalogue(local) {
  const read = await Promise.all(KINDS.map((kind) => local.rows(kind)));
  return new Catalogue(Object.fromEntries(KINDS.map((kind, n) => [kind, read[n]])));
}
