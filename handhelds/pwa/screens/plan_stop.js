// @ts-check
// What is done with one stop of the plan, and a store put into it: each a sheet from below.

import { html, useMemo, useState } from "../vendor/shell.js";
import { addDays } from "../terms/day.js";
import { Button } from "../parts/button.js";
import { Field, Search } from "../parts/field.js";
import { List, Row } from "../parts/list.js";
import { saidOf } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";
import { Empty } from "../parts/state.js";
import { isOnPlan, planned, standingOf } from "../shown/plan.js";
import { NOT_VISITED, Reasons } from "./store_visit.js";

const DAYS_AHEAD = 6;
const MOST = 20;

/** Do a verb, say what was done, and offer to take it back; several changes are taken back together.
 * @param {any} ctx @param {Promise<any>} work @param {string} said @param {() => void} done */
async function doing(ctx, work, said, done) {
  try {
    const made = await work;
    const changes = (Array.isArray(made) ? made : [made]).map((row) => row.change).reverse();
    done();
    ctx.say(said, { undo: async () => {
      for (const change of changes) await ctx.verbs.undo(change);
    } });
  } catch (no) {
    ctx.say(saidOf(no), { tone: "stop" });
  }
}

/** @param {any} what */
export function StopActs({ ctx, read, stop, onClose }) {
  const { t, verbs, day } = ctx;
  const [step, setStep] = useState("");
  const [reason, setReason] = useState("");
  const is_planned = isOnPlan(stop);
  const name = stop.store?.name ?? t("plan.gone");
  const others = planned(read.stops, read.store, read.today, 28).stops
    .filter((one) => isOnPlan(one) && one.id !== stop.id && one.store);
  const move = (/** @type {string} */ to) => to && to !== stop.day && doing(ctx, verbs.moveStop(stop.store_id, stop.day, to),
    t("plan.moved", { store: name, day: day(to) }), onClose);
  const days = Array.from({ length: DAYS_AHEAD }, (_, n) => addDays(read.today, n)).filter((one) => one !== stop.day);
  const foot = step === "skip" && html`<${Button} kind="primary" disabled=${!reason} onClick=${() => doing(ctx,
    verbs.skipStop(stop.id, reason), t("plan.skipped", { store: name }), onClose)}>${t("plan.skip")}</${Button}>`;
  return html`<${Sheet} title=${name} onClose=${onClose} foot=${foot}>
    <p class="soft">${[day(stop.day), t(`plan.is.${standingOf(stop)}`), stop.pinned ? t("day.pinned") : ""].filter(Boolean).join(" · ")}</p>
    ${!step && html`<div class="stack">
      <${Button} kind="primary" mark="store" wide onClick=${() => { onClose(); ctx.go(`/store/${stop.store_id}`); }}>${t("plan.open")}</${Button}>
      ${is_planned && html`<${Button} mark="next" wide disabled=${stop.pinned} onClick=${() => setStep("move")}>${t("plan.move")}</${Button}
        ><${Button} mark="swap" wide disabled=${!others.length} onClick=${() => setStep("swap")}>${t("plan.swap")}</${Button}
        ><${Button} mark="close" wide onClick=${() => setStep("skip")}>${t("plan.skip")}</${Button}>`}
      ${stop.pinned && is_planned && html`<p class="soft small">${t("plan.pinned")}</p>`}</div>`}
    ${step === "move" && html`<div class="day-choice">${days.map((one) => html`<${Button} key=${one} onClick=${() => move(one)}>${day(one)}</${Button}>`)}</div>
      <${Field} type="date" label=${t("plan.other_day")} value="" onInput=${move} />`}
    ${step === "swap" && html`<${List} label=${t("plan.swap")}>${others.slice(0, MOST).map((one) => html`<${Row} key=${one.id}
      title=${one.store?.name} text=${day(String(one.day))} onClick=${() => doing(ctx, verbs.swapStops(stop.id, one.id),
        t("plan.swapped", { store: name, other: one.store?.name ?? "" }), onClose)} />`)}</${List}>`}
    ${step === "skip" && html`<${Reasons} t=${t} reasons=${NOT_VISITED} value=${reason} onChange=${setReason} label=${t("plan.why_skip")} />`}</${Sheet}>`;
}

/** A store put on a day. @param {any} what */
export function AddStop({ ctx, read, day, onClose }) {
  const { t, verbs } = ctx;
  const [words, setWords] = useState("");
  const [on, setOn] = useState(day);
  const found = useMemo(() => read.setting.catalogue.searchStores(words, MOST), [read, words]);
  const owed = useMemo(() => new Map(read.owed.map((/** @type {any} */ one) => [one.store.id, one])), [read]);
  const rows = words ? found : [...found].sort((a, b) => (owed.get(b.id)?.debt ?? 0) - (owed.get(a.id)?.debt ?? 0));
  return html`<${Sheet} title=${t("plan.add")} onClose=${onClose}>
    <${Field} type="date" label=${t("plan.on")} value=${on} onInput=${(/** @type {string} */ value) => setOn(value || day)} />
    <${Search} label=${t("stores.search")} value=${words} onInput=${setWords} />
    ${rows.length ? html`<${List} label=${t("tab.stores")}>${rows.map((/** @type {any} */ row) => html`<${Row} key=${row.id} mark="plus" title=${row.name}
        text=${[row.city, owed.get(row.id)?.debt ? t("frequency.owed", { n: owed.get(row.id).debt }) : ""].filter(Boolean).join(" · ")}
        onClick=${() => doing(ctx, verbs.plan(row.id, on), t("plan.added", { store: row.name, day: ctx.day(on) }), onClose)} />`)}</${List}>`
      : html`<${Empty} mark="search" title=${t("stores.none.title")}>${t("stores.none.text")}</${Empty}>`}</${Sheet}>`;
}
