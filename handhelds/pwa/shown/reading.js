// @ts-check
// What a screen reads before it shows anything: the catalogue, held between screens and read again
// when what it holds has changed; a store with its pad; the day and company it is shown for.

import { Pad } from "../pad.js";
import { read } from "../queries.js";
import { localDay } from "../terms/cutoff.js";
import { moment } from "../terms/day.js";
import { mustStock as joined } from "../terms/must_stock.js";
import { mustStock, proposals } from "../suggested.js";
import { age } from "./ages.js";
import { KINDS, readCatalogue } from "./catalogue.js";
import { lastBought, lastOrder, suggestionLine } from "./order.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("./catalogue.js").Catalogue} Catalogue */

/** @type {WeakMap<object, Promise<Catalogue>>} */
const held = new WeakMap();
const watched = new WeakSet();

/** Whether an event of local.changed says that what is held may be another by now.
 * @param {any} event */
function concerns(event) {
  const kinds = event.what?.kinds;
  return !kinds || kinds.some((/** @type {any} */ kind) => KINDS.includes(kind));
}

/** What is looked up on every key. Read once, and again after something of it changed; asking
 * again costs nothing. @param {any} local @returns {Promise<Catalogue>} */
export function catalogueOf(local) {
  if (!watched.has(local)) {
    watched.add(local);
    // Before any other listener, so that none is handed what has just grown old.
    local.changed.addEventListener("rows", (/** @type {any} */ event) => {
      if (concerns(event)) held.delete(local);
    }, { capture: true });
  }
  const there = held.get(local);
  if (there) return there;
  const read = readCatalogue(local);
  held.set(local, read);
  read.catch(() => held.delete(local));
  return read;
}

/**
 * When and for whom a screen is shown.
 * @typedef {object} Setting
 * @property {Catalogue} catalogue
 * @property {number} now_ms by the server's clock, as well as it is known here
 * @property {string} zone of the company
 * @property {string} today on the company's wall
 * @property {Row} company
 * @property {Row} rep who this handheld belongs to
 * @property {string} currency
 * @property {Record<string, string | null>} as_of how old the server's own copies were
 */

/** @param {any} local @returns {Promise<Setting>} */
export async function settingOf(local) {
  const [catalogue, now_ms, enrolment, as_of] = await Promise.all([
    catalogueOf(local), local.now(), local.fact("enrolment"), local.copy.mark("as_of"),
  ]);
  const company = enrolment?.company ?? {};
  const zone = company.zone || "UTC";
  return { catalogue, now_ms, zone, company, rep: enrolment?.rep ?? {}, as_of: as_of ?? {},
    currency: company.currency ?? "USD", today: localDay(now_ms * 1000, zone) };
}

/**
 * A store and what pad.js works out for it, from one reading. Refused where it is not carried.
 * @param {any} local @param {string} id @param {string[]} kinds whose rows are wanted
 * @returns {Promise<Pad>}
 */
export async function padOf(local, id, ...kinds) {
  const catalogue = await catalogueOf(local);
  return new Pad(await read(local, catalogue, id, kinds));
}

/**
 * What a pad proposes before anything is typed, by product too; the order that "repeat" repeats and
 * when each product was last bought.
 * @typedef {{ catalogue: Row, today: string, suggestions: Row[], by_product: Map<string, Row>,
 *   last: Row | null, bought: ReturnType<typeof lastBought> }} Proposed
 */

/** @type {WeakMap<object, Proposed>} */
const worked_out = new WeakMap();

/** Worked out once a reading, and anew on another day: it takes as long as all else of a pad.
 * @param {Pad} pad whose reading has the rows that suggested.js wants @returns {Proposed} */
export function proposedOf(pad) {
  const { at } = pad;
  const today = pad.today();
  const there = worked_out.get(at.read);
  if (there?.catalogue === at.catalogue && there.today === today) return there;
  const suggestions = proposals(pad).map(suggestionLine);
  const orders = at.rows("order");
  const found = {
    catalogue: at.catalogue, today, suggestions,
    by_product: new Map(suggestions.map((one) => [one.product, one])),
    last: lastOrder(orders), bought: lastBought(orders),
  };
  worked_out.set(at.read, found);
  return found;
}

/** Work out the pad of a store that is shown: what is ordered there is mostly asked for next.
 * @param {any} local @param {string} id */
export async function workedAhead(local, id) {
  proposedOf(await padOf(local, id, ...OF_STORE));
}

const OF_STORE = [
  "order", "card", "visit", "contact", "collection", "receivable", "plan_stop",
];

/** Everything known of a store, as shown/store.js takes it.
 * @param {any} local @param {string} id @returns {Promise<import("./store.js").Known>} */
export async function storeKnown(local, id) {
  const pad = await padOf(local, id, ...OF_STORE);
  const { at } = pad;
  const live = new Set(pad.pricing.offers(at.store, at.now_us).map((one) => one.id));
  return {
    store: at.store,
    grey: at.store.grey,
    orders: at.rows("order"),
    cards: at.rows("card"),
    visits: at.rows("visit"),
    contacts: at.rows("contact"),
    collections: at.rows("collection"),
    stops: at.rows("plan_stop").filter((row) => row.store === at.store.id),
    receivable: at.rows("receivable")[0] ?? null,
    owed: { ...pad.credit(), age: age(pad.credit().as_of, at.now_ms) },
    must: [...mustStock(pad).keys()],
    offers: at.catalogue.pulled("promotion").filter((row) => live.has(row.id)),
    next_delivery: pad.nextDelivery(),
    today: pad.today(),
    currency: at.company.currency,
    name_of: (code) => at.catalogue.product(code)?.name ?? code,
  };
}

/** Products that must be on the shelf of a store on a day, each with the facings it needs.
 * @param {Catalogue} catalogue @param {Row} store @param {string} day
 * @returns {Record<string, number>} */
export const mustAt = (catalogue, store, day) => Object.fromEntries(
  joined(/** @type {any[]} */ (catalogue.pulled("must_stock")), day, /** @type {any} */ (store)));

/** The date on a wall at an instant of the wire; null where there is none.
 * @param {string | null | undefined} at @param {string} zone */
export const dayOn = (at, zone) => (at ? localDay(moment(at), zone) : null);
