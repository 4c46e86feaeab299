// @ts-check
// The day, as plain data: its stops in order, how far each is from the one before, what is owed,
// and what must be done there. Works from the first rows on: stores may still be on their way.

import { parts } from "../stored/columns.js";
import { UNTAKEN } from "../stored/work.js";
import { byParts, byText } from "../terms/compare.js";
import { ageing, overdueMinor } from "../terms/credit.js";
import { localDay } from "../terms/cutoff.js";
import { distanceM } from "./distance.js";
import { openVisit, storeLine } from "./store.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {import("../local.js").Local} Local */

/**
 * One thing to do at a stop, or to know of it: {what, tone, and the values of its sentence}: held,
 * waiting or rejected (a wish of the rep's, on no plan but this handheld's), visit_open, blocked,
 * overdue (minor), needs (n), draft, gaps (n).
 * @typedef {{what: string, tone: string, minor?: number, n?: number}} Task
 */

/**
 * @typedef {object} Stop
 * @property {string} id of the plan's row; a visit without a plan has none
 * @property {number} sequence
 * @property {Row} store as storeLine gives it
 * @property {"planned" | "started" | "done" | "skipped"} state
 * @property {boolean} pinned the office has fixed it
 * @property {boolean} rejected it was wished for and not taken
 * @property {boolean} unsent
 * @property {number | null} distance_m from the stop before
 * @property {Task[]} tasks
 */

/** What of the day can be known without reading a store. @param {Local} local */
export async function dayOf(local) {
  const [now_ms, enrolment] = await Promise.all([local.now(), local.fact("enrolment")]);
  return localDay(now_ms * 1000, enrolment?.company.zone || "UTC");
}

/**
 * The stops of a day.
 * @param {Local} local @param {string} day
 * @param {{gapsOf?: (store: Row, cards: Row[]) => number}} [more] what needs the catalogue
 */
export async function readDay(local, day, more = {}) {
  const [planned, drafts, conflicts, partial, pulled_at, stock] = await Promise.all([
    local.rows("plan_stop"), local.drafts("order/"), local.rows("conflict"),
    local.copy.mark("partial"), local.copy.mark("pulled_at"), local.copy.mark("as_of"),
  ]);
  const own = planned.filter((row) => row.day === day)
    .sort((one, other) => byParts([one.sequence, one.id], [other.sequence, other.id]));
  const found = await readStops(local, own, Boolean(more.gapsOf));
  const kept = new Set(drafts.map(({ key }) => key.split("/")[1]));
  /** @type {Stop[]} */
  const stops = [];
  let before = null;
  for (const one of found) {
    const visit = visitOf(one.visits, day);
    const wish = !visit && UNTAKEN.has(one.stop.outcome) ? String(one.stop.outcome) : "";
    const tasks = tasksOf(one, {
      day, wish,
      draft: kept.has(one.store.id),
      needs: conflicts.filter((row) => row.store === one.store.id && row.state === "waiting" &&
        row.answers?.length).length,
      gaps: more.gapsOf?.(one.store, one.cards) ?? 0,
    });
    stops.push({
      id: one.stop.id,
      sequence: one.stop.sequence,
      store: storeLine(one.store),
      state: visit?.state ?? one.stop.state,
      pinned: Boolean(one.stop.pinned),
      rejected: wish === "rejected",
      unsent: Boolean(one.stop.unsent || visit?.unsent),
      distance_m: before ? between(before, one.store) : null,
      tasks,
    });
    before = one.store;
  }
  return {
    day,
    stops,
    missing: own.length - found.length,
    left: stops.filter(isToCome).length,
    line_m: stops.reduce((sum, one) => sum + (one.distance_m ?? 0), 0),
    next: stops.find((one) => one.state === "started")?.id ??
      stops.find(isToCome)?.id ?? null,
    partial: partial ?? null,
    pulled_at: pulled_at ?? null,
    stock_as_of: stock?.stock ?? null,
  };
}

/** How a wish stands that the server has not taken -> the tone of it.
 * @type {Record<string, string>} */
const WISHES = { held: "wait", waiting: "go", rejected: "stop" };

/** @param {Stop} stop */
export const isToCome = (stop) => stop.state === "planned" && !stop.rejected;

/**
 * The stops whose stores are here, each with what is known of it. Cards are a year's, and only
 * looked at for gaps.
 * @param {Local} local @param {Row[]} stops @param {boolean} withCards
 */
async function readStops(local, stops, withCards) {
  const own = stops.map((one) => one.store);
  /** @type {Map<string, Row[]>[]} */
  const [stores, receivables, visits, cards] = await Promise.all([
    ...["store", "receivable", "visit"].map((kind) => local.rowsByStore(kind, own)),
    withCards ? local.rowsByStore("card", own) : new Map(),
  ]);
  return stops.flatMap((stop) => {
    const id = stop.store;
    const store = stores.get(id)?.find((row) => row.id === id);
    const receivable = receivables.get(id)?.find((row) => row.id === id) ?? null;
    return store ? [{ stop, store, receivable, visits: visits.get(id) ?? [],
      cards: cards.get(id) ?? [] }] : [];
  });
}

/** The visit that tells how a stop of this day stands. @param {Row[]} visits @param {string} day */
function visitOf(visits, day) {
  const open = openVisit(visits);
  if (open) return open;
  const own = visits.filter((row) => row.state !== "planned" && row.planned_on === day)
    .sort((one, other) => byText(String(other.started_at ?? ""), String(one.started_at ?? "")));
  return own[0] ?? null;
}

/**
 * @param {{receivable: Row | null, visits: Row[]}} one
 * @param {{day: string, wish: string, draft: boolean, needs: number, gaps: number}} known
 * @returns {Task[]}
 */
function tasksOf({ receivable, visits }, { day, wish, draft, needs, gaps }) {
  /** @type {Task[]} */
  const found = [];
  if (wish) found.push({ what: wish, tone: WISHES[wish] });
  if (openVisit(visits)) found.push({ what: "visit_open", tone: "go" });
  if (receivable?.blocked_reason) found.push({ what: "blocked", tone: "stop" });
  const minor = overdueOf(receivable, day);
  if (minor > 0) found.push({ what: "overdue", tone: "wait", minor });
  if (needs > 0) found.push({ what: "needs", tone: "wait", n: needs });
  if (draft) found.push({ what: "draft", tone: "calm" });
  if (gaps > 0) found.push({ what: "gaps", tone: "calm", n: gaps });
  return found;
}

/** What a store owes past its day, in minor units. @param {Row | null} row @param {string} day */
function overdueOf(row, day) {
  const items = parts("receivable", "items", row?.items)
    .filter((item) => item.open_minor && item.kind !== "on_account")
    .map((item) => /** @type {const} */ ([item.due_on, item.open_minor]));
  return overdueMinor(ageing(items, day));
}

/** @param {Row} a @param {Row} b */
function between(a, b) {
  const placed = [a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg].every(Number.isFinite);
  return placed ? distanceM(a, b) : null;
}
