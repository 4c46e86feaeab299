// @ts-check
// Stock of the day, as plain data: what a warehouse has of a product, what is due, and what stands
// in for it. Prices when a store is named.

import { age } from "./ages.js";
import { caseOf } from "./order.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("./catalogue.js").Catalogue} Catalogue */

/** In a word: "there", "low" (less than a case), "none", "unlisted" (the warehouse has no line).
 * @param {number | null} available @param {number} size pieces in a case */
export function stateOf(available, size) {
  if (available === null) return "unlisted";
  if (available <= 0) return "none";
  return available < size ? "low" : "there";
}

/** One product's stock. @param {Catalogue} catalogue @param {Row} product
 * @param {string | null} warehouse @param {string | null} price @returns {Row} */
export function stockLine(catalogue, product, warehouse, price = null) {
  const found = warehouse ? catalogue.stock(warehouse, product.id) : null;
  const size = caseOf(product);
  const available = found?.available ?? null;
  const instead = product.substitute ? catalogue.product(product.substitute) : null;
  return {
    product: product.id,
    name: product.name,
    status: product.status,
    substitute: product.substitute,
    substitute_name: instead?.name ?? null,
    substitute_available: instead && warehouse
      ? (catalogue.stock(warehouse, instead.id)?.available ?? null) : null,
    case: size,
    available,
    state: stateOf(available, size),
    due_quantity: found?.due_quantity ?? null,
    due_on: found?.due_on ?? null,
    price,
  };
}

/**
 * @param {{ catalogue: Catalogue, words: string, store: Row | null, warehouse?: string | null,
 *   at_most?: number, as_of: string | null, now_ms: number,
 *   price_of?: (store: Row, code: string) => string | null }} asked
 * @returns {Row}
 */
export function stockScreen({ catalogue, words, store, warehouse, at_most = 50, as_of, now_ms,
  price_of }) {
  const houses = catalogue.pulled("warehouse");
  const house = warehouse ?? (store ? store.warehouse : (houses[0]?.id ?? null));
  const own = house ? (catalogue.warehouses.get(house) ?? null) : null;
  const products = catalogue.search(words, at_most).map((product) =>
    stockLine(catalogue, product, house, store && price_of ? price_of(store, product.id) : null));
  return {
    words,
    warehouse: own?.name ?? null,
    warehouse_id: house,
    warehouses: houses.map((row) => ({ id: row.id, name: row.name })),
    age: age(own?.stock_as_of ?? as_of, now_ms),
    products,
  };
}
