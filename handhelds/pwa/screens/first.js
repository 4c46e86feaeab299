// After enrolment: what is here already, today's stores first, and what is worth a minute while the
// rest comes: the app on the home screen, lasting storage, a PIN, and what the position is for.

import { html, useState } from "../vendor/shell.js";
import { lookAtGate } from "../gate.js";
import { install, installed, isApple, lasting, makeLasting, offer } from "../install.js";
import { Button } from "../parts/button.js";
import { useShown } from "../parts/live.js";
import { Mark, Wing } from "../parts/mark.js";
import { PinSetting } from "../parts/pin_setting.js";
import { Banner, Progress } from "../parts/state.js";
import { dayOf } from "../shown/day.js";
import { number, t } from "../speech.js";
import { standing } from "../standing.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** @param {Ctx} ctx */
export function screen(ctx) {
  const [pin, setPin] = useState(false);
  const shown = useShown(ctx.local.changed, () => read(ctx.local), [], ["rows", "sync", "fact"]);
  const { usable = false, whole = false, name = "", counts } = shown.value ?? {};
  const go = async () => {
    await ctx.local.keepFact("welcomed", true);
    await lookAtGate(ctx.local);
  };
  if (pin) return html`<${PinSetting} ctx=${ctx} onDone=${() => setPin(false)} />`;
  return html`<main class="gate"><div class="gate-head"><${Wing} size=${40} />
      <h1>${t("first.hello", { name })}</h1><p class="soft">${t("first.text")}</p></div>
    <section class="sheet stack" aria-label=${t("first.progress")}>
      <${Step} done=${usable} label=${t("first.today")} says=${counts && usable ? t("first.stops", { n: counts.stops }) : ""} />
      <${Step} done=${whole} label=${t("first.all_stores")} says=${counts?.stores ? number(counts.stores) : ""} />
      <${Step} done=${whole} label=${t("first.products")} says=${counts?.products ? number(counts.products) : ""} />
      ${!whole && html`<${Progress} label=${standing.value.online ? t("first.coming") : t("first.no_line")} done=${0} all=${0} />`}
    </section>
    <section class="stack" aria-label=${t("first.meanwhile")}>
      ${!installed.value && (offer.value || isApple) && html`<${Ask} mark="phone" title=${t("install.title")}
        text=${t(isApple ? "install.apple" : "install.why")} act=${offer.value && t("install.act")} onAct=${install} />`}
      ${lasting.value !== true && html`<${Ask} mark="save" title=${t("lasting.title")}
        text=${t(lasting.value === false ? "lasting.why" : "lasting.why")} act=${t("lasting.act")} onAct=${makeLasting} />`}
      <${Ask} mark="lock" title=${t("pin.offer")} text=${t("pin.offer.why")} act=${t("pin.set")} onAct=${() => setPin(true)} />
      <${Ask} mark="pin" title=${t("where.title")} text=${t("where.first")} act=${false} onAct=${() => undefined} />
    </section>
    ${shown.error && html`<${Banner} tone="stop">${t("failed.text")}</${Banner}>`}
    <div class="gate-foot"><${Button} kind="primary" wide disabled=${!usable} onClick=${go}>${usable
      ? t("first.go") : t("first.wait")}</${Button}></div></main>`;
}

/** @param {import("../local.js").Local} local */
async function read(local) {
  const [enrolment, partial, pulled_at, day] = await Promise.all([
    local.fact("enrolment"), local.copy.mark("partial"), local.copy.mark("pulled_at"), dayOf(local),
  ]);
  const usable = Boolean(pulled_at || partial);
  const [stops, stores, products] = usable ? await Promise.all([
    local.rows("plan_stop"), local.rows("store"), local.rows("product"),
  ]) : [[], [], []];
  return {
    usable,
    whole: Boolean(pulled_at) && !partial,
    name: enrolment?.rep.name ?? "",
    counts: { stops: stops.filter((row) => row.day === day).length, stores: stores.length,
      products: products.length },
  };
}

/** @param {{done: boolean, label: string, says: string}} what */
function Step({ done, label, says }) {
  return html`<div class="step"><${Mark} name=${done ? "check" : "clock"} tone=${done ? "done" : "faint"} />
    <span class="row-words">${label}<span class="unseen">${t(done ? "first.here" : "first.not_yet")}</span></span>
    <span class="quiet">${says}</span></div>`;
}

/** @param {{mark: string, title: string, text: string, act: string | false | null, onAct: () => void}} what */
function Ask({ mark, title, text, act, onAct }) {
  return html`<div class="ask"><${Mark} name=${mark} /><span class="row-words"><strong>${title}</strong>
    <span class="row-text">${text}</span></span>
    ${act && html`<${Button} onClick=${onAct}>${act}</${Button}>`}</div>`;
}
