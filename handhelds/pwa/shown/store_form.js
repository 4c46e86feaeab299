// @ts-check
// A store as a form, as plain data: what a rep may write of a new one or change of one that is
// there, what of it changed, and which stores here it looks like.

import { positionOf } from "../edits.js";
import { folded } from "./catalogue.js";
import { distanceM } from "./distance.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {Record<string, string>} Typed what stands in each field; "" where nothing does */

/** Most characters the server reads of a field. */
export const MOST = /** @type {const} */ ({
  name: 200, phone: 40, opening_hours: 200, address: 200, city: 100, region: 100, postcode: 20,
  tax_id: 40,
});

/** What a rep sees and hears in the store, after its name and place. */
export const SEEN = /** @type {const} */ (
  ["address", "city", "postcode", "region", "phone", "opening_hours"]);
/** What the office sets; a rep's value is asked of it. */
export const ASKED = /** @type {const} */ (
  ["tax_id", "channel", "store_class", "terms_days", "visits_per_4w"]);
/** Of a new store, which has no class and no terms before it is approved. */
export const ASKED_NEW = /** @type {const} */ (["tax_id", "channel"]);
/** Fields that hold a whole number. */
export const WHOLE = new Set(["terms_days", "visits_per_4w"]);
/** Fields whose words are chosen among those in use. */
export const CHOSEN = /** @type {const} */ (["city", "region", "channel", "store_class"]);

/** @param {any} value */
const text = (value) => (value === null || value === undefined ? "" : String(value));

/** The form of a store; of a new one where there is none. @param {Row | null} store
 * @returns {Typed} */
export function formOf(store) {
  const fields = Object.fromEntries(
    ["name", ...SEEN, ...ASKED].map((name) => [name, text(store?.[name])]));
  return { ...fields, position: store ? text(positionOf(store)) : "" };
}

/** What a field holds, as it travels. @param {string} name @param {string} typed */
function valueOf(name, typed) {
  const bare = typed.trim();
  if (bare === "") return null;
  return WHOLE.has(name) ? Number(bare) : bare;
}

/** Fields that say something else than before, as a verb takes them.
 * @param {Typed} typed @param {Typed} before */
export function changesOf(typed, before) {
  const names = Object.keys(before).filter((name) => typed[name].trim() !== before[name].trim());
  return Object.fromEntries(names.map((name) => [name, valueOf(name, typed[name])]));
}

/** What is filled in of a new store, beside its name. @param {Typed} typed */
export function givenOf(typed) {
  const told = [...SEEN, ...ASKED_NEW, "position"].map((name) => /** @type {const} */ ([name, valueOf(name, typed[name])]));
  return Object.fromEntries(told.filter(([, value]) => value !== null));
}

/** The first field that cannot be so, and the sentence that says why; null: all is well.
 * @param {Typed} typed @returns {{ field: string, key: string } | null} */
export function faultOf(typed) {
  if (!typed.name.trim()) return { field: "name", key: "refused.no_name" };
  const odd = [...WHOLE].find((name) => !/^\d{0,4}$/.test(typed[name].trim()));
  return odd ? { field: odd, key: "form.no_whole" } : null;
}

/** Words in use for a field, those used most first. @param {Row[]} stores @param {string} name */
export function wordsOf(stores, name) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const row of stores) {
    if (row[name]) counts.set(row[name], (counts.get(row[name]) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
}

/** Two doors so near are looked at as one. */
const NEAR_M = 50;
const LEAST_LETTERS = 4;
const DIGITS_OF_PHONE = 7;
const MOST_ALIKE = 3;

/** @param {string} phone its last digits; prefixes are written in many ways */
const digits = (phone) => phone.replace(/\D/g, "").slice(-DIGITS_OF_PHONE);

/** Stores here that a new one may be: the same tax number, telephone, place or name. Each with why,
 * the surest first. @param {Row[]} stores @param {Typed} typed
 * @returns {{ store: Row, why: "tax_id" | "phone" | "near" | "name", distance_m: number | null }[]} */
export function alike(stores, typed) {
  const [lat_deg, lon_deg] = typed.position.split(",").map(Number);
  const here = typed.position ? { lat_deg, lon_deg } : null;
  const phone = digits(typed.phone);
  const name = folded(typed.name).trim();
  const tax_id = typed.tax_id.trim();
  const order = ["tax_id", "phone", "near", "name"];
  const found = stores.filter((row) => row.code).flatMap((store) => {
    const is_placed = here && Number.isFinite(store.lat_deg) && Number.isFinite(store.lon_deg);
    const distance_m = is_placed ? distanceM(here, store) : null;
    const why = tax_id && store.tax_id === tax_id ? "tax_id"
      : phone.length === DIGITS_OF_PHONE && digits(text(store.phone)) === phone ? "phone"
      : distance_m !== null && distance_m < NEAR_M ? "near"
      : name.length >= LEAST_LETTERS && folded(text(store.name)).includes(name) ? "name" : null;
    return why ? [{ store, why: /** @type {any} */ (why), distance_m }] : [];
  });
  found.sort((a, b) => order.indexOf(a.why) - order.indexOf(b.why) ||
    (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity));
  return found.slice(0, MOST_ALIKE);
}
