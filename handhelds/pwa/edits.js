// @ts-check
// The rep's verbs on what the office may edit too: stores, contacts, cards corrected.
//
// Each change carries what the rep set and what the handheld showed before, so that the server can
// tell who changed what. The screens show the rep's value from now on; what the server made of it
// comes with its verdict and the next pull.

import { Refused } from "./refused.js";
import { padded } from "./saving.js";
import { PARTS, parts } from "./stored/columns.js";
import { byText } from "./terms/compare.js";

/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./visit.js").Rep} Rep */
/** @typedef {string | number | boolean | null} Value */
/** @typedef {Record<string, Value>} Fields */

/** Fields of a store that a rep may change; `position` is "LATITUDE,LONGITUDE,METRES". */
export const STORE_FIELDS = [
  "name", "address", "city", "region", "postcode", "phone", "opening_hours", "position",
  "tax_id", "terms_days", "store_class", "channel", "banner", "price_list", "visits_per_4w",
];
/** What a rep may say of a store nobody has yet, beside its name. */
export const NEW_STORE_FIELDS = [
  "address", "city", "region", "postcode", "phone", "opening_hours", "tax_id", "channel",
  "position",
];
export const CONTACT_FIELDS = ["name", "role", "phone", "email", "preferred_time"];

/**
 * A number with so many digits after the point, a tie to the even one, as the server writes it.
 * @param {number} value @param {number} digits
 */
export function fixed(value, digits) {
  const size = Math.abs(value);
  const halves = size * 2 ** (digits + 1);
  const isTie = Number.isInteger(halves) && halves % 2 === 1;
  if (!isTie) return value.toFixed(digits);
  const below = Math.floor(size * 10 ** digits);
  const even = (below + (below % 2)) / 10 ** digits;
  return (value < 0 ? "-" : "") + even.toFixed(digits);
}

/** A store's position as an edit writes it: degrees with five digits, metres if known.
 * @param {Row} row @returns {string | null} */
export function positionOf(row) {
  const { lat_deg = null, lon_deg = null, geo_accuracy_m = null } = row;
  if (lat_deg === null || lon_deg === null) return null;
  const tail = geo_accuracy_m === null ? "" : `,${geo_accuracy_m}`;
  return `${fixed(Number(lat_deg), 5)},${fixed(Number(lon_deg), 5)}${tail}`;
}

/** A position as the columns of a store. @param {Value} text @returns {Row} */
function placeOf(text) {
  if (text === null) return { lat_deg: null, lon_deg: null, geo_accuracy_m: null };
  const words = String(text).split(",").map((word) => word.trim());
  const [lat_deg = NaN, lon_deg = NaN, accuracy] = words.map((word) => (word ? Number(word) : NaN));
  const geo_accuracy_m = words.length > 2 ? accuracy : null;
  const isWhole = geo_accuracy_m === null || Number.isInteger(geo_accuracy_m);
  if (!(Math.abs(lat_deg) <= 90 && Math.abs(lon_deg) <= 180 && isWhole)) {
    throw new Refused("refused.no_position");
  }
  return { lat_deg, lon_deg, geo_accuracy_m, geo_source: "rep" };
}

/** @param {Fields} mine @param {Row} shown @returns {Fields} */
function differing(mine, shown) {
  return Object.fromEntries(
    Object.entries(mine).filter(([name, value]) => (shown[name] ?? null) !== value));
}

/** Those values of a row. @param {Row} row @param {readonly string[]} names @returns {Row} */
function picked(row, names) {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** @param {Fields} fields @param {readonly string[]} allowed */
function refuseOthers(fields, allowed) {
  const odd = Object.keys(fields).find((name) => !allowed.includes(name));
  if (odd !== undefined) throw new Refused("refused.no_field", { field: odd });
}

// --- stores -----------------------------------------------------------------------------------

/** Change fields of a store. Refused where nothing would change.
 * @param {Rep} rep @param {string} named @param {Fields} fields @param {string[]} [forget] */
export async function editStore(rep, named, fields, forget) {
  refuseOthers(fields, STORE_FIELDS);
  const at = await rep.at(named);
  const { position: _, ...row } = /** @type {Row} */ (fields);
  /** @type {Row} */
  const shown = { ...picked(at.store, STORE_FIELDS), position: positionOf(at.store) };
  let mine = fields;
  if (fields.position !== undefined) {
    Object.assign(row, placeOf(fields.position));
    mine = { ...fields, position: positionOf(row) };
  }
  const changed = differing(mine, shown);
  const names = Object.keys(changed);
  if (names.length === 0) throw new Refused("refused.says_so_already", { name: at.store.name });
  const body = { id: at.store.id, set: changed, base: picked(shown, names) };
  return rep.keep(at, "store", "edit", body, row, forget);
}

/** A store nobody has yet: the rep's at once, pending until the office approves it.
 * @param {Rep} rep @param {string} name @param {Fields} [given] @param {string[]} [forget] */
export async function newStore(rep, name, given = {}, forget) {
  refuseOthers(given, NEW_STORE_FIELDS);
  if (!name.trim()) throw new Refused("refused.no_name");
  const at = await rep.at(null);
  const { position = null, ...fields } = given;
  const place = position ? placeOf(position) : {};
  const served = servedMostly(at);
  const id = rep.newId();
  return rep.keepWith(at, (next) => {
    const code = `${at.enrolment.number_prefix}-S${padded(next("store"), 3)}`;
    /** @type {Row} */
    const body = { id, code, name, ...fields };
    for (const column of ["lat_deg", "lon_deg"]) {
      if (column in place) body[column] = fixed(place[column], 6);
    }
    if ((place.geo_accuracy_m ?? null) !== null) body.accuracy_m = place.geo_accuracy_m;
    const row = {
      scope: `st:${id}`, code, name, ...fields, ...place, status: "pending", ...served,
    };
    return { kind: "store", act: "create", body, row };
  }, forget);
}

/** The warehouse and zone that most of the rep's stores have: a new one will have them, too.
 * @param {Known} at */
function servedMostly(at) {
  /** @type {Map<string, { warehouse: string, zone: string, count: number }>} */
  const counts = new Map();
  for (const { warehouse, zone, version } of at.catalogue.pulled("store")) {
    if (!warehouse || !version) continue;
    const key = JSON.stringify([warehouse, zone]);
    const there = counts.get(key) ?? { warehouse, zone, count: 0 };
    counts.set(key, { ...there, count: there.count + 1 });
  }
  const [most] = [...counts.values()].sort((one, other) => other.count - one.count);
  return { warehouse: most?.warehouse ?? null, zone: most?.zone ?? null };
}

// --- contacts ---------------------------------------------------------------------------------

/** Write down a person of a store.
 * @param {Rep} rep @param {string} named @param {string} name @param {Fields} [fields] */
export async function addContact(rep, named, name, fields = {}) {
  refuseOthers(fields, CONTACT_FIELDS);
  if (!name.trim()) throw new Refused("refused.no_name");
  const at = await rep.at(named);
  const store = at.store.id;
  const mine = { name, ...fields };
  const body = { id: rep.newId(), store, set: mine, base: {} };
  const row = { scope: `st:${store}`, store, state: "active", ...mine };
  return rep.keep(at, "contact", "save", body, row);
}

/** Change fields of a contact (its id).
 * @param {Rep} rep @param {string} named @param {string} id @param {Fields} mine */
export async function editContact(rep, named, id, mine) {
  refuseOthers(mine, CONTACT_FIELDS);
  const at = await rep.at(named, "contact");
  const contact = contactOf(at, id);
  const changed = differing(mine, contact);
  const names = Object.keys(changed);
  if (names.length === 0) throw new Refused("refused.says_so_already", { name: contact.name });
  const store = at.store.id;
  const body = { id, store, set: changed, base: picked(contact, names) };
  return rep.keep(at, "contact", "save", body, { store, ...changed });
}

/** Say that a person has left. @param {Rep} rep @param {string} named @param {string} id */
export async function removeContact(rep, named, id) {
  const at = await rep.at(named, "contact");
  const contact = contactOf(at, id);
  const store = at.store.id;
  const body = { id, store, base: picked(contact, CONTACT_FIELDS) };
  return rep.keep(at, "contact", "remove", body, { store, state: "left" });
}

/** @param {Known} at @param {string} id @returns {Row} */
function contactOf(at, id) {
  const found = at.rows("contact").find((row) => row.id === id && row.state !== "left");
  if (found === undefined) throw new Refused("refused.no_contact", { store: at.store.name });
  return found;
}

// --- cards ------------------------------------------------------------------------------------

/**
 * Correct the newest card of a store. lines: product, and the fields as they should be.
 * @param {Rep} rep @param {string} named @param {readonly Row[]} lines
 * @param {string | null} [reason] @param {string[]} [forget]
 */
export async function amendCard(rep, named, lines, reason = null, forget) {
  const at = await rep.at(named, "card");
  const captured = (/** @type {Row} */ row) => String(row.captured_at ?? "");
  const [card] = [...at.rows("card")].sort((one, other) => byText(captured(other), captured(one)));
  if (card === undefined) throw new Refused("refused.no_card", { store: at.store.name });
  /** @type {Map<string, Row>} */
  const shown = new Map(parts("card", "lines", card.lines).map((line) => [line.product, line]));
  /** @type {Row[]} */
  const amended = [];
  for (const line of lines) {
    const { product, ...mine } = line;
    if (at.catalogue.product(product) === null) {
      throw new Refused("refused.no_product", { product });
    }
    const before = shown.get(product);
    const changed = differing(mine, before ?? {});
    const names = Object.keys(changed);
    if (names.length === 0) continue;
    amended.push({ product, set: changed, base: before ? picked(before, names) : {} });
    shown.set(product, { out_of_stock: false, ...before, ...line });
  }
  if (amended.length === 0) throw new Refused("refused.card_says_so_already");
  const columns = PARTS["card.lines"] ?? [];
  const made = [...shown.values()].map((line) => columns.map((name) => line[name] ?? null));
  const store = at.store.id;
  const body = { id: card.id, store, reason, lines: amended };
  return rep.keep(at, "card", "amend", body, { store, lines: made }, forget);
}
