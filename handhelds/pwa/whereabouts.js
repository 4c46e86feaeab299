// @ts-check
// Where a visit begins and ends. The handheld is asked once at each, nothing waits for it, and it
// may be refused: then nothing is told, and it is not asked again until the rep says so in the
// settings. Between stores it is never asked.
//
// Of the two the nearer to the store stands: a first fix in a building may be a street away, and who
// was nearer once was there.

import { amend } from "./stored/amended.js";
import { distanceM } from "./shown/distance.js";

/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./saving.js").Saved} Saved */
/** @typedef {import("./visit.js").Rep} Rep */
/** @typedef {{ lat_deg: number, lon_deg: number }} Position */

/** The fact that says it is not to be asked: "off" (the rep), "refused" (asked, and not allowed). */
export const FACT = "visit_position";
/** A fix that comes later is of another place. */
const PATIENCE_MS = 10_000;
/** One less exact cannot tell this store from the next. */
const LEAST_EXACT_M = 200;
const REFUSED = 1;

/** What tells where we are: the browser's. @typedef {Pick<Geolocation, "getCurrentPosition">} Finder */

/**
 * Where the handheld is; null: nobody knows, or not in time; "refused": it may not be asked.
 * @param {Finder} finder @returns {Promise<Position | null | "refused">}
 */
export function here(finder) {
  const asked = performance.now();
  return new Promise((tell) => {
    finder.getCurrentPosition(({ coords }) => {
      // The browser's own question to the rep counts as no time to it.
      const is_late = performance.now() - asked > PATIENCE_MS;
      const is_vague = !(coords.accuracy <= LEAST_EXACT_M);
      tell(is_late || is_vague ? null : { lat_deg: coords.latitude, lon_deg: coords.longitude });
    }, ({ code }) => tell(code === REFUSED ? "refused" : null),
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 });
  });
}

/**
 * Note where a visit that was just saved began or ended, if that comes.
 * @param {Rep} rep @param {Saved} visit @param {Finder} [finder]
 */
export async function noteWhere(rep, visit, finder = globalThis.navigator?.geolocation) {
  if (!finder || !visit.change || (await rep.local.fact(FACT))) return;
  const found = await here(finder);
  if (found === "refused") await rep.local.keepFact(FACT, "refused");
  else if (found !== null && (await rep.local.fact(FACT)) === null) await stood(rep, visit, found);
}

/**
 * The rep stood here as this visit was saved. It goes with the change that saved it, or as another
 * one where that is out already.
 * @param {Rep} rep @param {Saved} visit @param {Position} position
 */
async function stood(rep, { id, store, change }, position) {
  const at = await rep.at(store, "visit");
  const visit = at.rows("visit").find((one) => one.id === id);
  if (visit === undefined) return; // taken back
  const distance_m = fromStore(at.store, position);
  if (distance_m !== null && visit.distance_m !== null && distance_m >= visit.distance_m) return;
  const told = {
    lat_deg: position.lat_deg.toFixed(5),
    lon_deg: position.lon_deg.toFixed(5),
    ...(distance_m !== null && { distance_m }),
  };
  const row = { distance_m: distance_m ?? visit.distance_m };
  if ((await amend(rep.local, change, told, row)) !== "sent") return;
  await rep.keep(at, "visit", "save", { id, store, state: visit.state, ...told }, { store, ...row });
}

/** Metres from a store; null where nobody knows where that is but for its town.
 * @param {Row} store @param {Position} position */
function fromStore(store, position) {
  const { lat_deg, lon_deg, geo_source } = store;
  if (lat_deg === null || lon_deg === null || geo_source === "town") return null;
  return distanceM({ lat_deg: Number(lat_deg), lon_deg: Number(lon_deg) }, position);
}
