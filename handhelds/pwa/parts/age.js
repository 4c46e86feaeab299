// @ts-check
// How old a copy is: "as of 06:00, 4 h old". Every figure that came with a pull says it.

import { html } from "../vendor/shell.js";
import { isoDay, moment, span, t, time } from "../speech.js";
import { Mark } from "./mark.js";

/** A copy's age in words. @param {import("../shown/ages.js").Age} age */
export function ageWords({ as_of, age_s }) {
  if (as_of === null || age_s === null) return t("age.never");
  const at = isoDay(new Date(as_of)) === isoDay() ? time(as_of) : moment(as_of);
  return t("age.of", { at, span: span(age_s * 1000) });
}

/** @param {{ age: import("../shown/ages.js").Age, what?: string }} what */
export function Age({ age, what }) {
  return html`<span class="age"><${Mark} name="clock" size=${16} />${what ? `${what}: ` : ""}${
    ageWords(age)}</span>`;
}
