// @ts-check
// The plan: four weeks at a glance, one day as a list and as a map, and which stores are owed a
// visit. A stop is moved, swapped, skipped or put in with two taps, and it syncs like anything else.

import { html, useState } from "../vendor/shell.js";
import { addDays } from "../terms/day.js";
import { Button, Chip, Choice, MarkButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { DayMap } from "../parts/map.js";
import { Mark } from "../parts/mark.js";
import { saidOf, wordOr } from "../parts/said.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { calendar, dayMap, frequency, isOnPlan, planned, shorter, standingOf, withVisits } from "../shown/plan.js";
import { dayOn, settingOf } from "../shown/reading.js";
import { AddStop, StopActs } from "./plan_stop.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

const MOST_OWED = 40;
/** How a stop stands -> the tone and mark that repeat its word. @type {Record<string, [string, string]>} */
const LOOK = {
  planned: ["calm", "clock"], started: ["go", "play"], done: ["done", "check"], skipped: ["stop", "close"],
  held: ["wait", "hand"], waiting: ["go", "clock"], rejected: ["stop", "close"],
};

/** @param {any} local */
async function readPlan(local) {
  const [setting, stops, visits] = await Promise.all([settingOf(local), local.rows("plan_stop"), local.rows("visit")]);
  const { catalogue, today, zone, rep } = setting;
  const own = withVisits(stops.filter((/** @type {any} */ row) => row.rep === rep.code), visits);
  const owed = frequency({ stores: catalogue.pulled("store"), visits, stops: own, today,
    day_of: (row) => dayOn(row.started_at, zone) ?? row.planned_on ?? null });
  return { setting, today, stops: own, owed, store: (/** @type {string} */ id) => catalogue.store(id) };
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const { t, params } = ctx;
  const { value: read, error, again } = useShown(ctx.local.changed, () => readPlan(ctx.local), [], ["rows"]);
  const [view, setView] = useState(params.view ?? "list");
  const [chosen, setChosen] = useState(/** @type {string | null} */ (params.day ?? null));
  const [adds, setAdds] = useState(false);
  const [acts, setActs] = useState(/** @type {any} */ (null));
  const day = chosen ?? read?.today ?? "";
  const under = html`<${Choice} name="view" label=${t("plan.view")} hideLabel value=${view} onChange=${setView}
    options=${[["list", t("plan.list")], ["map", t("plan.map")], ["owed", t("plan.owed")]]} />`;
  return html`<${Frame} title=${t("tab.plan")} under=${html`<div class="plan-head">${under}</div>`}
      head=${html`<${MarkButton} mark="plus" label=${t("plan.add")} onClick=${() => setAdds(true)} />`}>
    ${error && html`<${Failed} error=${saidOf(error)} again=${again} />`}
    ${!read && !error && html`<${Waiting} rows=${8} />`}
    ${read && view !== "owed" && html`<${Calendar} ctx=${ctx} read=${read} day=${day} onDay=${setChosen} />`}
    ${read && view === "list" && html`<${Day} ctx=${ctx} read=${read} day=${day} onStop=${setActs} onAdd=${() => setAdds(true)} />`}
    ${read && view === "map" && html`<${OnMap} ctx=${ctx} read=${read} day=${day} />`}
    ${read && view === "owed" && html`<${Owed} ctx=${ctx} read=${read} />`}
    ${read && adds && html`<${AddStop} ctx=${ctx} read=${read} day=${day < read.today ? read.today : day} onClose=${() => setAdds(false)} />`}
    ${read && acts && html`<${StopActs} ctx=${ctx} read=${read} stop=${acts} onClose=${() => setActs(null)} />`}</${Frame}>`;
}

/** Four weeks; a day shows how many stops are planned and made. @param {any} what */
function Calendar({ ctx: { t, day: short }, read, day, onDay }) {
  const weeks = calendar(read.stops, read.today);
  const says = (/** @type {any} */ one) => t("plan.day", { day: short(one.day), planned: one.planned, done: one.done, skipped: one.skipped });
  return html`<table class="calendar" aria-label=${t("plan.calendar")}><thead><tr>${[1, 2, 3, 4, 5, 6, 7].map((n) => html`
      <th scope="col" key=${n}>${t(`weekday.${n}`)}</th>`)}</tr></thead>
    <tbody>${weeks.map((week, w) => html`<tr key=${w}>${week.map((one) => html`<td key=${one.day}><button type="button"
      class="cal ${one.today ? "today" : ""} ${one.past ? "past" : ""}" aria-pressed=${one.day === day}
      onClick=${() => onDay(one.day)}><span class="unseen">${says(one)}</span><span aria-hidden="true">${Number(one.day.slice(8))}</span>
      <small aria-hidden="true">${one.planned + one.done > 0 ? `${one.done ? `${one.done}/` : ""}${one.planned + one.done}` : "·"}${
        one.skipped ? " ×" : ""}${one.unsent ? " ↑" : ""}</small></button></td>`)}</tr>`)}</tbody></table>`;
}

/** One day's stops. @param {any} what */
function Day({ ctx, read, day, onStop, onAdd }) {
  const { t, number, verbs, day: short } = ctx;
  const { stops } = planned(read.stops, read.store, day, 1);
  const way = day < read.today ? null : shorter(read.stops.filter((/** @type {any} */ row) => row.day === day), read.store);
  const shorten = async () => {
    const before = stops.filter(isOnPlan).map((one) => String(one.id));
    const failed = (/** @type {unknown} */ no) => ctx.say(saidOf(no), { tone: "stop" });
    try {
      await verbs.reorder(day, way?.ids ?? []);
      ctx.say(t("plan.shortened", { n: number(Math.round((way?.saved_m ?? 0) / 100) / 10) }),
        { undo: () => verbs.reorder(day, before).catch(failed) });
    } catch (no) {
      failed(no);
    }
  };
  const title = `${short(day)}${day === read.today ? ` · ${t("plan.today")}` : ""}`;
  if (!stops.length) {
    return html`<${Section} title=${title}><${Empty} mark="plan" title=${t("plan.empty.title")} act=${t("plan.add")}
      onAct=${onAdd}>${t("plan.empty.text")}</${Empty}></${Section}>`;
  }
  return html`<${Section} title=${title} flush end=${html`<span class="soft small">${t("plan.stops", { n: stops.length })}</span>`}>
    <${List} label=${title}>${stops.map((stop, n) => {
      const stands = standingOf(stop);
      const [tone, mark] = LOOK[stands] ?? ["calm", "clock"];
      const told = [stop.store?.code, stop.store?.city, stop.pinned ? t("day.pinned") : "", stop.unsent ? t("order.is.submitted") : "",
        stands === "held" ? t("plan.held") : "",
        stop.reason ? wordOr(`reason.${stop.reason}`, String(stop.reason)) : ""];
      return html`<${Row} key=${stop.id} start=${html`<b class="place">${n + 1}</b>`} title=${stop.store?.name ?? t("plan.gone")}
        text=${told.filter(Boolean).join(" · ")} onClick=${() => onStop(stop)}
        end=${stands !== "planned" && html`<${Chip} tone=${tone} mark=${mark}>${t(`plan.is.${stands}`)}</${Chip}>`} />`;
    })}</${List}></${Section}>
    ${way && html`<${Button} mark="swap" wide onClick=${shorten}>${t("plan.shorten", { n: number(Math.round(way.saved_m / 100) / 10) })}</${Button}>`}`;
}

/** One day on a map that needs no tiles: pins in order and the line between them. @param {any} what */
function OnMap({ ctx, read, day }) {
  const { t, number, go } = ctx;
  const { pins, line_m, unplaced } = dayMap(read.stops.filter((/** @type {any} */ row) => row.day === day), read.store);
  if (!pins.length) return html`<${Section}><${Empty} mark="pin" title=${t("plan.map.empty.title")}>${t("plan.map.empty.text")}</${Empty}></${Section}>`;
  return html`<${Section} title=${ctx.day(day)} end=${html`<span class="soft small">${t("plan.line", { n: number(Math.round(line_m / 100) / 10) })}</span>`}>
    <${DayMap} pins=${pins} label=${t("plan.map.label", { n: pins.length })} onPin=${(/** @type {string} */ id) => go(`/store/${id}`)} />
    <ol class="pins">${pins.map((pin) => html`<li key=${pin.n}><a href=${`#/store/${pin.store_id}`}><b class="place">${pin.n}</b>${pin.name}</a></li>`)}</ol>
    ${unplaced.length > 0 && html`<p class="soft small"><${Mark} name="hand" size=${16} /> ${t("plan.unplaced", { names: unplaced.map((one) => one.name).join(", ") })}</p>`}</${Section}>`;
}

/** Stores that are owed a visit, those owed most first. @param {any} what */
function Owed({ ctx, read }) {
  const { t, day, verbs } = ctx;
  const owed = read.owed.filter((/** @type {any} */ one) => one.debt > 0 || !one.planned).slice(0, MOST_OWED);
  const next = (/** @type {any} */ one) => async () => {
    const to = addDays(read.today, 1);
    try {
      const row = await verbs.plan(one.store.id, to);
      ctx.say(t("plan.added", { store: one.store.name, day: day(to) }), { undo: () => verbs.undo(row.change) });
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
    }
  };
  if (!owed.length) return html`<${Section}><${Empty} mark="check" title=${t("frequency.none.title")}>${t("frequency.none.text")}</${Empty}></${Section}>`;
  return html`<${Section} lead=${t("frequency.lead")} flush><${List} label=${t("plan.owed")}>${owed.map((/** @type {any} */ one) => html`
    <${Row} key=${one.store.id} title=${one.store.name} onClick=${() => ctx.go(`/store/${one.store.id}`)}
      text=${[t("frequency.made", { made: one.made, agreed: one.agreed }), one.last_on ? t("frequency.last", { day: day(one.last_on) })
        : t("frequency.never"), one.planned ? t("frequency.planned", { n: one.planned }) : ""].filter(Boolean).join(" · ")}
      end=${one.debt > 0 && html`<${Chip} tone="wait" mark="clock">${t("frequency.owed", { n: one.debt })}</${Chip}>`}
      more=${!one.planned && html`<${Button} mark="plus" onClick=${next(one)}>${t("frequency.tomorrow")}</${Button}>`} />`)}</${List}></${Section}>`;
}
