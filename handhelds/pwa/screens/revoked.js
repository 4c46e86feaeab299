// Taken out of use: the office has revoked this handheld, and its rows are gone from it. What was
// not sent stays until it is saved elsewhere or the handheld is enrolled again.

import { html } from "../vendor/shell.js";
import { Export } from "../parts/export.js";
import { Wing } from "../parts/mark.js";
import { t } from "../speech.js";
import { standing } from "../standing.js";
import { Enrolling } from "./enrol.js";

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const { pending } = standing.value;
  return html`<main class="gate"><div class="gate-head"><${Wing} size=${40} /><h1>${t("revoked.title")}</h1>
      <p class="soft">${t("revoked.text")}</p>
      ${pending > 0 && html`<p>${t("revoked.unsent", { n: pending })}</p>`}</div>
    <${Export} ctx=${ctx} />
    <${Enrolling} ctx=${ctx} again /></main>`;
}
