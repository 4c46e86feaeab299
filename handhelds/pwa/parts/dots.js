// How many digits of a PIN were typed, and nothing else of it.

import { html } from "../vendor/shell.js";
import { t } from "../speech.js";

/** @param {{count: number}} what */
export function Dots({ count }) {
  return html`<div class="dots" role="status" aria-label=${t("pin.typed", { n: count })}>${Array.from(
    { length: Math.max(4, count) }, (_, at) => html`<i key=${at} class=${at < count ? "on" : ""} />`)}</div>`;
}
