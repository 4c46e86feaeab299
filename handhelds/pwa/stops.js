// @ts-check
// The rep's verbs on the plan: put a store on a day, move, swap and re-order stops, skip one.
//
// Each change carries day, place and state as the handheld showed them (`base`), so that the server
// can tell what the office changed meanwhile. Several stops change together or not at all.

import { Refused } from "./refused.js";

/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./visit.js").Rep} Rep */
/** @typedef {import("./saving.js").Act} Act */

/** What is said of a stop that is planned no more. @type {Record<string, string>} */
const BEGUN = {
  started: "refused.stop_started",
  done: "refused.stop_done",
  skipped: "refused.stop_skipped",
};

/**
 * Put a store on a day, or its stop of that day to another place (the last, if none is named).
 * @param {Rep} rep @param {string} named @param {string} day @param {number} [sequence]
 */
export async function plan(rep, named, day, sequence) {
  const at = await rep.at(named, "plan_stop");
  const there = at.rows("plan_stop").filter((row) => row.day === day);
  const stop = there.find((row) => row.store === at.store.id) ?? null;
  const last = Math.max(0, ...there.map((row) => row.sequence));
  // A stop that was skipped is wanted after all.
  const again = stop?.state === "skipped" ? { state: "planned", reason: null } : {};
  const act = saveStop(rep, stop, at.store.id, { day, sequence: sequence || last + 1, ...again });
  return rep.keep(at, act.kind, act.act, act.body);
}

/**
 * Move the stop of a store from one day to another.
 * @param {Rep} rep @param {string} named @param {string} day @param {string} to
 */
export async function moveStop(rep, named, day, to) {
  const at = await rep.at(named, "plan_stop");
  const stop = stopOf(at, at.store.id, day);
  const { name } = at.store;
  if (stop === null) throw new Refused("refused.not_planned", { store: name, day });
  refuseBegun(stop, name);
  refusePinned(stop, name);
  const act = saveStop(rep, stop, at.store.id, { day: to });
  return rep.keep(at, act.kind, act.act, act.body);
}

/**
 * Two stops (ids) change places, and days where those differ.
 * @param {Rep} rep @param {string} one @param {string} other
 */
export async function swapStops(rep, one, other) {
  const at = await rep.at(null, "plan_stop");
  const [first, second] = [planned(at, one), planned(at, other)];
  if (first.day !== second.day) {
    for (const stop of [first, second]) refusePinned(stop, nameOf(at, stop));
  }
  return rep.keepAll(at, [
    saveStop(rep, first, first.store, { day: second.day, sequence: second.sequence }),
    saveStop(rep, second, second.store, { day: first.day, sequence: first.sequence }),
  ]);
}

/**
 * Bring the planned stops of a day into another order. ids: all of them, as they are to come; stops
 * begun, done or skipped keep their places. Only stops that change their place make a change;
 * returns their rows.
 * @param {Rep} rep @param {string} day @param {readonly string[]} ids
 */
export async function reorder(rep, day, ids) {
  const at = await rep.at(null, "plan_stop", "visit");
  const begun = new Set(at.rows("visit")
    .filter((row) => row.planned_on === day && row.state !== "planned").map((row) => row.store));
  const there = at.rows("plan_stop")
    .filter((row) => row.day === day && row.state === "planned" && row.outcome !== "rejected" &&
      !begun.has(row.store));
  const wished = ids.map((id) => there.find((row) => row.id === id));
  if (new Set(ids).size !== there.length || ids.length !== there.length ||
      wished.includes(undefined)) {
    throw new Refused("refused.plan_changed");
  }
  let last = 0;
  const places = there.map((row) => row.sequence).sort((a, b) => a - b)
    .map((sequence) => (last = Math.max(last + 1, sequence)));
  const acts = /** @type {Row[]} */ (wished).flatMap((stop, n) => {
    const sequence = places[n];
    return stop.sequence === sequence ? [] : [saveStop(rep, stop, stop.store, { sequence })];
  });
  return acts.length > 0 ? rep.keepAll(at, acts) : [];
}

/**
 * Say why a planned stop will not be made. A store of today that was found closed is skipVisit.
 * @param {Rep} rep @param {string} id @param {string} reason
 */
export async function skipStop(rep, id, reason) {
  const at = await rep.at(null, "plan_stop");
  const stop = planned(at, id);
  const [saved] = await rep.keepAll(at, [
    saveStop(rep, stop, stop.store, { state: "skipped", reason })]);
  return saved;
}

/**
 * @param {Rep} rep @param {Row | null} stop @param {string} storeId
 * @param {{ day?: string, sequence?: number, state?: string, reason?: string | null }} to
 * @returns {Act}
 */
function saveStop(rep, stop, storeId, to) {
  const body = {
    id: stop?.id ?? rep.newId(),
    store: storeId,
    day: stop?.day ?? null,
    sequence: stop?.sequence ?? null,
    state: stop?.state ?? "planned",
    reason: stop?.reason ?? null,
    visit: stop?.visit ?? null,
    base: stop && { day: stop.day, sequence: stop.sequence, state: stop.state },
    ...to,
  };
  return { kind: "plan_stop", act: "save", body };
}

/** @param {Known} at @param {string} storeId @param {string} day @returns {Row | null} */
function stopOf(at, storeId, day) {
  return at.rows("plan_stop").find((row) => row.store === storeId && row.day === day) ?? null;
}

/** A stop that may still be changed. @param {Known} at @param {string} id @returns {Row} */
function planned(at, id) {
  const stop = at.rows("plan_stop").find((row) => row.id === id);
  if (stop === undefined || stop.outcome === "rejected") throw new Refused("refused.plan_changed");
  refuseBegun(stop, nameOf(at, stop));
  return stop;
}

/** @param {Known} at @param {Row} stop @returns {string} */
function nameOf(at, stop) {
  return at.catalogue.pulled("store").find((row) => row.id === stop.store)?.name ?? "";
}

/** @param {Row} stop @param {string} store */
function refuseBegun(stop, store) {
  const key = BEGUN[stop.state];
  if (key !== undefined) throw new Refused(key, { store });
}

/** @param {Row} stop @param {string} store */
function refusePinned(stop, store) {
  if (stop.pinned) throw new Refused("refused.stop_pinned", { store });
}
