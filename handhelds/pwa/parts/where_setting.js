// @ts-check
// Whether visits say where they were begun and ended, with the reason; on, until the rep says no.

import { html, useEffect, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { FACT, here } from "../whereabouts.js";
import { Choice } from "./button.js";
import { Section } from "./list.js";

/** @param {{ ctx: import("../ctx.js").Ctx }} what */
export function WhereSetting({ ctx: { local } }) {
  const [kept, setKept] = useState(/** @type {string | null | undefined} */ (undefined));
  const [blocked, setBlocked] = useState(false);
  useEffect(() => { local.fact(FACT).then(setKept); }, []);
  if (kept === undefined) return null;
  const keep = async (/** @type {string | null} */ next) => {
    await local.keepFact(FACT, next);
    setKept(next);
  };
  const choose = async (/** @type {string} */ chosen) => {
    setBlocked(false);
    await keep(chosen === "on" ? null : "off");
    // Asked here, beside the reason, and not at the next visit.
    if (chosen !== "on" || !navigator.geolocation) return;
    if ((await here(navigator.geolocation)) !== "refused") return;
    await keep("refused");
    setBlocked(true);
  };
  const told = blocked ? "where.blocked" : kept === "refused" ? "where.refused" : "";
  return html`<${Section} title=${t("where.title")}><div class="stack">
    <p class="soft">${t("where.why")}</p>
    <${Choice} name="where" label=${t("where.title")} hideLabel value=${kept === null ? "on" : "off"}
      options=${["on", "off"].map((one) => [one, t(`where.${one}`)])} onChange=${choose} />
    ${told && html`<p class=${blocked ? "fault small" : "soft small"} role="status">${t(told)}</p>`}</div></${Section}>`;
}
