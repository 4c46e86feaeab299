// @ts-check
// What the server reads of a body: a change that it could not read would be refused there, when the
// rep is long gone. So it is looked at here, before it is saved. A test holds this table against
// the server's schemas (schemas/wire.py).

import { Refused } from "./refused.js";

/** @typedef {Record<string, any>} Row */

/**
 * A field is a word and its bounds, `?` where it may be null or left out, `+` where only the latter:
 * uuid, code:MOST, text:LEAST:MOST, decimal:WHOLE:FRACTION (signed: -), one:WORD|WORD, day, instant,
 * whole:LOW:HIGH, flag, values:MOST; or [many:MOST, the shape of each].
 * @typedef {string | [many: string, each: Shape]} Field
 */
/** @typedef {{ [name: string]: Field }} Shape */

/** @type {Shape} */
const ORDER = {
  id: "uuid", number: "code:64", store: "uuid", visit: "uuid?",
  type: "one:sale|free|return|van+", about: "uuid?", deliver_on: "day?", po_no: "code:64?",
  note: "text:0:4000?", currency: "code:3",
  net_minor: "whole:-1000000000000000:1000000000000000",
  lines: ["many:1000", {
    n: "whole:1:1000", product: "code:64", uom: "code:16", typed: "decimal:12:6",
    quantity: "whole:0:1000000", unit_price: "decimal:12:6",
    discount_minor: "whole:0:1000000000000000+",
    promotions: ["many:20+", {
      promotion: "uuid", discount_minor: "whole:0:1000000000000000",
    }],
    net_minor: "whole:-1000000000000000:1000000000000000",
  }],
};

/** "kind.act" -> its shape.
 * @type {Readonly<Record<string, Shape>>} */
export const BODIES = {
  "visit.save": {
    id: "uuid", store: "uuid", state: "one:started|done|skipped", planned_on: "day?",
    started_at: "instant?", ended_at: "instant?", lat_deg: "decimal:-3:6?",
    lon_deg: "decimal:-3:6?", distance_m: "whole:0:40000000?", reason: "code:64?",
    note: "text:0:4000?",
  },
  "card.submit": {
    id: "uuid", store: "uuid", visit: "uuid?",
    lines: ["many:2000", {
      product: "code:64", listed: "flag?", on_shelf: "flag", facings: "whole:0:1000000?",
      shelf_stock: "whole:0:1000000?", back_stock: "whole:0:1000000?",
      price_minor: "whole:0:1000000000000000?", promotion_seen: "flag?", out_of_stock: "flag+",
      nearest_expiry: "day?",
    }],
    competitors: ["many:50+", {
      name: "text:1:200", price_minor: "whole:0:1000000000000000?", facings: "whole:0:1000000?",
      promotion_seen: "flag?", note: "text:0:500?",
    }],
  },
  "order.submit": ORDER,
  // The whole new text of an order that was submitted.
  "order.revise": { ...ORDER, base_revision: "whole:1:9007199254740991" },
  "order.cancel": {
    id: "uuid", store: "uuid", base_revision: "whole:1:9007199254740991?",
    reason: "text:0:200+",
  },
  "plan_stop.save": {
    id: "uuid", store: "uuid", day: "day", sequence: "whole:0:10000",
    state: "one:planned|started|done|skipped", reason: "code:64?", visit: "uuid?",
    base: "values:40?",
  },
  "store.edit": { id: "uuid", set: "values:40", base: "values:40" },
  "store.create": {
    id: "uuid", code: "code:64", name: "text:1:200", address: "text:0:500?",
    city: "text:0:200?", region: "text:0:200?", postcode: "text:0:20?", phone: "text:0:40?",
    opening_hours: "text:0:200?", tax_id: "text:0:40?", channel: "code:64?",
    lat_deg: "decimal:-3:6?", lon_deg: "decimal:-3:6?", accuracy_m: "whole:0:1000000?",
  },
  "contact.save": { id: "uuid", store: "uuid", set: "values:40", base: "values:40" },
  "contact.remove": { id: "uuid", store: "uuid", base: "values:40" },
  "card.amend": {
    id: "uuid", store: "uuid", reason: "text:0:500?",
    lines: ["many:500", { product: "code:64", set: "values:40", base: "values:40" }],
  },
  "collection.submit": {
    id: "uuid", number: "code:64", store: "uuid", visit: "uuid?",
    method: "one:cash|cheque|transfer",
    amount_minor: "whole:-1000000000000000:1000000000000000", currency: "code:3",
    cheque_no: "code:64?", cheque_bank: "code:100?", cheque_on: "day?",
    allocation: ["many:200+", {
      number: "code:64", amount_minor: "whole:-1000000000000000:1000000000000000",
    }],
    note: "text:0:4000?", photo: "code:128?", signature: "code:128?",
  },
  "conflict.answer": {
    id: "uuid", conflict: "uuid", answer: "code:64", note: "text:0:500?", store: "uuid?",
  },
};

/** No control, no line separator, no mark that turns the text around, no half of a surrogate. */
const CODE =
  /^[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+$/u;
const TEXT = /^[^\u0000\ud800-\udfff]*$/u;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY = /^(19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}$/;
const INSTANT = /^[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$/;
const MOST_OF_VALUE = 500;

/** What is wrong with a value: a sentence and its figures. @typedef {Row & { key: string }} Fault */

/**
 * Refused where the server could not read this body.
 * @param {string} kind @param {string} act @param {Row} body
 */
export function refuseUnreadable(kind, act, body) {
  const shape = BODIES[`${kind}.${act}`];
  if (shape === undefined) throw new Error(`nobody reads ${kind} ${act}`);
  const fault = faultOf(shape, body);
  if (fault !== null) {
    const { key, ...values } = fault;
    throw new Refused(key, values);
  }
}

/**
 * The first fault of a body; null when there is none.
 * @param {Shape} shape @param {Row} body @returns {Fault | null}
 */
function faultOf(shape, body) {
  const odd = Object.keys(body).find((name) => !(name in shape));
  if (odd !== undefined) return { key: "refused.unreadable", field: odd };
  for (const [field, told] of Object.entries(shape)) {
    const fault = Array.isArray(told) ? ofMany(told, body[field]) : ofValue(told, body[field]);
    if (fault !== null) return { field, ...fault };
  }
  return null;
}

/** @param {[many: string, each: Shape]} told @param {any} value @returns {Fault | null} */
function ofMany([many, each], value) {
  const most = parseInt(many.replace("many:", ""), 10);
  if (value === undefined && many.endsWith("+")) return null;
  if (!Array.isArray(value)) return { key: "refused.unreadable" };
  if (value.length > most) return { key: "refused.unreadable_many", most };
  for (const one of value) {
    const fault = faultOf(each, one);
    if (fault !== null) return fault;
  }
  return null;
}

/** @param {string} told @param {any} value @returns {Fault | null} */
function ofValue(told, value) {
  if (value === undefined && /[?+]$/.test(told)) return null;
  if (value === null && told.endsWith("?")) return null;
  const [word = "", one = "", other = ""] = told.replace(/[?+]$/, "").split(":");
  switch (word) {
    case "code": return ofText(value, 1, Number(one), CODE);
    case "text": return ofText(value, Number(one), Number(other), TEXT);
    case "whole": return ofWhole(value, Number(one), Number(other));
    case "values": return ofValues(value, Number(one));
    case "uuid": return matching(value, UUID);
    case "day": return matching(value, DAY);
    case "instant": return matching(value, INSTANT);
    case "one": return one.split("|").includes(value) ? null : { key: "refused.unreadable" };
    case "flag": return typeof value === "boolean" ? null : { key: "refused.unreadable" };
    case "decimal": {
      const sign = one.startsWith("-") ? "-?" : "";
      const whole = Math.abs(Number(one)) - 1;
      const shape = `^${sign}(0|[1-9][0-9]{0,${whole}})(\\.[0-9]{1,${other}})?$`;
      return matching(value, new RegExp(shape));
    }
    default: throw new Error(`nobody knows what ${told} is`);
  }
}

/** @param {any} value @param {RegExp} shape @returns {Fault | null} */
function matching(value, shape) {
  return typeof value === "string" && shape.test(value) ? null : { key: "refused.unreadable" };
}

/** @param {any} value @param {number} least @param {number} most @param {RegExp} shape
 * @returns {Fault | null} */
function ofText(value, least, most, shape) {
  if (typeof value !== "string") return { key: "refused.unreadable" };
  const length = [...value].length;
  if (length > most) return { key: "refused.unreadable_long", most };
  if (length < least) return { key: "refused.unreadable_empty" };
  return shape.test(value) ? null : { key: "refused.unreadable_marks" };
}

/** @param {any} value @param {number} low @param {number} high @returns {Fault | null} */
function ofWhole(value, low, high) {
  if (!Number.isSafeInteger(value)) return { key: "refused.unreadable" };
  if (value > high) return { key: "refused.unreadable_large", most: high };
  return value < low ? { key: "refused.unreadable_small", least: low } : null;
}

/** Fields by name: texts, whole numbers, yes or no. @param {any} value @param {number} most
 * @returns {Fault | null} */
function ofValues(value, most) {
  if (typeof value !== "object" || Array.isArray(value)) return { key: "refused.unreadable" };
  if (Object.keys(value).length > most) return { key: "refused.unreadable_many", most };
  for (const [field, one] of Object.entries(value)) {
    const isPlain = one === null || typeof one === "boolean" || Number.isSafeInteger(one);
    const fault = isPlain ? null : ofText(one, 0, MOST_OF_VALUE, TEXT);
    if (fault !== null) return { ...fault, field };
  }
  return null;
}
