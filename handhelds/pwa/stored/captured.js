// @ts-check
// The row a change makes, as the screens show it until the server's own row comes with a pull.
//
// Only what the change says is in it: laid over the row that is there already, it leaves the rest.

import { PARTS, ROWS } from "./columns.js";

/** @typedef {import("../local.js").Change} Change */

/** State of a row whose change carries none. @type {Record<string, string>} */
const CAPTURED_STATE = { order: "submitted", card: "closed", collection: "captured" };

/**
 * The row of a change, in the columns of its kind.
 * @param {Change} change @param {string} rep code of who captured it
 * @returns {Record<string, any>}
 */
export function rowOf(change, rep) {
  const { kind, act, body } = change;
  const columns = ROWS[kind] ?? [];
  if ("set" in body || ["remove", "amend", "create"].includes(act)) {
    return edited(kind, act, body, columns);
  }
  /** @type {Record<string, any>} */
  const made = {
    scope: kind === "plan_stop" ? `rep:${rep}` : `st:${body.store}`,
    rep,
    captured_at: change.captured.wall,
  };
  const state = CAPTURED_STATE[kind];
  if (state !== undefined) made.state = state;
  for (const name of columns) if (name in body) made[name] = body[name];
  if (kind === "order") Object.assign(made, { revision: 1, holds: [], type: body.type ?? "sale" });
  if ("allocation" in body) {
    made.allocation = (body.allocation ?? []).map((/** @type {any} */ one) => [
      one.number,
      one.amount_minor,
    ]);
    made.applied = [];
  }
  if ("lines" in body) made.lines = linesOf(kind, body.lines);
  if ("competitors" in body) made.competitors = competitorsOf(body.competitors);
  return only(made, columns);
}

/**
 * What an edit says of its row: nothing but the fields it sets.
 * @param {string} kind @param {string} act @param {any} body @param {readonly string[]} columns
 */
function edited(kind, act, body, columns) {
  const store = body.store ?? body.id;
  const made = { id: body.id, scope: `st:${store}`, store, ...(body.set ?? body) };
  if (made.position) {
    const [lat, lon, accuracy] = String(made.position).split(",");
    made.lat_deg = Number(lat);
    made.lon_deg = Number(lon);
    made.geo_accuracy_m = accuracy === undefined ? null : Number(accuracy);
  }
  if (act === "create") {
    made.status = "pending";
    made.geo_accuracy_m = body.accuracy_m ?? null;
    for (const name of ["lat_deg", "lon_deg"]) {
      made[name] = body[name] === undefined || body[name] === null ? null : Number(body[name]);
    }
  }
  if (act === "remove") made.state = "left";
  else if (kind === "contact" && !Object.keys(body.base ?? {}).length) made.state ??= "active";
  delete made.lines;
  return only(made, columns);
}

/** @param {Record<string, any>} made @param {readonly string[]} columns */
function only(made, columns) {
  return Object.fromEntries(Object.entries(made).filter(([name]) => columns.includes(name)));
}

/**
 * A body's lines as a row shows them: arrays in the order of PARTS; what only the server can say
 * is null.
 * @param {string} kind @param {any[]} lines @returns {any[][]}
 */
export function linesOf(kind, lines) {
  const columns = PARTS[`${kind}.lines`] ?? [];
  return lines.map((line) => {
    const known =
      kind === "order"
        ? {
            discount_minor: 0,
            ...line,
            ordered: line.quantity,
            state: "submitted",
            promotions: Object.fromEntries(
              (line.promotions ?? []).map((/** @type {any} */ one) => [
                one.promotion,
                one.discount_minor,
              ]),
            ),
          }
        : { out_of_stock: false, ...line };
    return columns.map((name) => known[name] ?? null);
  });
}

/** What stands beside ours, as a row shows it. @param {any[]} competitors @returns {any[][]} */
export function competitorsOf(competitors) {
  const columns = PARTS["card.competitors"] ?? [];
  return competitors.map((one) => columns.map((name) => one[name] ?? null));
}
