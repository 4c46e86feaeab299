// @ts-check
// What went wrong, in the rep's language: a verb's refusal by its sentence, anything else as it is.

import { day, has, t } from "../speech.js";

/** Values of a sentence; days are written as people say them. @param {Record<string, any>} values */
export const spokenValues = (values) => Object.fromEntries(Object.entries(values).map(
  ([name, value]) => [name, /^\d{4}-\d\d-\d\d$/.test(String(value)) ? day(String(value)) : value]));

/** @param {unknown} error a Refused, or anything that was thrown */
export function saidOf(error) {
  const refused = /** @type {any} */ (error);
  if (refused?.key) return t(refused.key, spokenValues(refused.values ?? {}));
  return error instanceof Error ? error.message : String(error);
}

/** What was done: a line of shown/trail.js. @param {{ key: string, values: Record<string, any> }} line */
export const doneWords = ({ key, values }) => t(key, spokenValues(values));

/** A warning of pad.js or till.js. @param {{ key: string, values: Record<string, any> }} warning */
export const warned = ({ key, values }) => t(key, spokenValues(values));

/** A word of the wire in the rep's language; one that a newer server says and nobody wrote yet is
 * shown as it came. @param {string} key @param {string} name */
export const wordOr = (key, name) => (has(key) ? t(key) : name.replaceAll("_", " "));
