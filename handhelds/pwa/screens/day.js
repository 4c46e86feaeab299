// The day: its stops in order, what is due at each, and one tap that starts a visit.

import { html, useState } from "../vendor/shell.js";
import { Button, Chip, MarkButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { List, Row } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { Mark } from "../parts/mark.js";
import { Ordering } from "../parts/ordering.js";
import { saidOf } from "../parts/said.js";
import { Banner, Empty, Failed, Progress, Waiting } from "../parts/state.js";
import { dayOf, readDay } from "../shown/day.js";
import { gapsIn } from "../shown/gaps.js";
import { ago, dayLong, money, number, t } from "../speech.js";
import { changeOver, updateWaits } from "../updates.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/day.js").Stop} Stop */

/** @param {Ctx} ctx */
export function screen(ctx) {
  const [ordering, setOrdering] = useState(false);
  const shown = useShown(ctx.local.changed, () => read(ctx), []);
  const day = shown.value;
  if (ordering && day) {
    return html`<${Ordering} title=${t("day.order")} rows=${day.stops.filter((one) => one.state === "planned")
      .map((one) => ({ id: one.id, title: one.store.name, text: one.store.address ?? "",
        fixed: one.pinned ? t("day.pinned") : "" }))}
      onClose=${() => setOrdering(false)} onDone=${(/** @type {string[]} */ ids) => {
        setOrdering(false);
        reorder(ctx, day, ids);
      }} />`;
  }
  const lead = day && html`${t("day.left", { n: day.left })}${day.line_m > 0 &&
    html` · ${kilometres(day.line_m)}`}`;
  return html`<${Frame} title=${day ? dayLong(day.day) : t("tab.day")} lead=${lead || html`\u00a0`}
    head=${day && day.left > 1 && html`<${MarkButton} mark="swap" label=${t("day.order")}
      onClick=${() => setOrdering(true)} />`}>
    <${Notes} day=${day} />
    ${shown.error ? html`<${Failed} error=${shown.error} again=${shown.again} />`
      : !day ? html`<${Waiting} rows=${7} />`
      : day.stops.length === 0 ? html`<${Empty} mark="day" title=${t("day.empty")}
          act=${t("day.find")} onAct=${() => ctx.go("/stores")}>${t("day.empty.text")}</${Empty}>`
      : html`<div class="sheet flush"><${List} label=${t("day.stops")}>${day.stops.map((one) => html`<${StopRow}
          key=${one.id} ctx=${ctx} stop=${one} current=${one.id === day.next} />`)}</${List}></div>
          <${Button} mark="store" wide onClick=${() => ctx.go("/stores")}>${t("day.another")}</${Button}>`}
  </${Frame}>`;
}

/** @param {Ctx} ctx */
async function read(ctx) {
  const day = await dayOf(ctx.local);
  const catalogue = ctx.memory.catalogue;
  const gapsOf = catalogue ? gapsIn(catalogue, day) : undefined;
  return readDay(ctx.local, day, { gapsOf });
}

/** What is to be said before the list; nothing of it asks for anything.
 * @param {{day: Awaited<ReturnType<typeof readDay>> | undefined}} what */
function Notes({ day }) {
  return html`
    ${updateWaits.value && html`<${Banner} tone="calm" mark="sync" act=${t("update.now")}
      onAct=${() => changeOver(true)}>${t("update.waits")}</${Banner}>`}
    ${day?.partial && html`<${Banner} tone="go" mark="sync" title=${t("first.day_here")}>
      <${Progress} label=${t("first.rest")} done=${day.partial.stores ?? 0} all=${day.partial.all ?? 0}
        says=${t("first.stores", { n: day.partial.stores ?? 0 })} /></${Banner}>`}
    ${day && !day.partial && day.pulled_at && isOld(day.pulled_at) && html`<${Banner} tone="wait" mark="clock">
      ${t("day.old", { ago: ago(day.pulled_at) })}</${Banner}>`}`;
}

/** @param {string} at */
const isOld = (at) => Date.now() - new Date(at).getTime() > 24 * 3600_000;

/** @param {number} m */
const kilometres = (m) => m < 950 ? t("distance.m", { n: Math.round(m / 50) * 50 })
  : t("distance.km", { n: Math.round(m / 100) / 10 });

const MARKS = { done: "check", skipped: "close", started: "play", planned: "" };

/** @param {{ctx: Ctx, stop: Stop, current: boolean}} what */
function StopRow({ ctx, stop, current }) {
  const { store, state } = stop;
  const start = html`<span class=${`stop-place ${state}`}>${MARKS[state]
    ? html`<${Mark} name=${MARKS[state]} size=${20} />` : number(stop.sequence)}</span>`;
  const where = [store.address, store.city].filter(Boolean).join(", ");
  const text = html`<span>${stop.distance_m !== null && html`<span class="nowrap">${kilometres(stop.distance_m)} · </span>`}${where}</span>
    ${state !== "planned" && state !== "started" && html`<span class=${state === "done" ? "done" : "calm"}>${t(`stop.${state}`)}</span>`}
    ${stop.tasks.length > 0 && html`<span class="row-of tasks">${stop.tasks.map((one) => html`<${Chip} key=${one.what}
      tone=${one.tone} mark=${TASK_MARKS[one.what]}>${t(`task.${one.what}`, { n: one.n ?? 0,
        money: one.minor === undefined ? "" : money(one.minor) })}</${Chip}>`)}</span>`}`;
  const label = `${stop.sequence}. ${store.name}, ${t(`stop.${state}`)}`;
  return html`<div class=${`stop ${state}`}><${Row} start=${start} title=${store.name} text=${text} current=${current}
    label=${label} onClick=${() => ctx.go(`/store/${store.id}`)} />
    ${(state === "planned" || state === "started") && html`<button type="button" class="stop-start"
      aria-label=${t(state === "planned" ? "stop.start_at" : "stop.go_on_at", { store: store.name })}
      onClick=${() => begin(ctx, store.id)}><${Mark} name="play" /></button>`}</div>`;
}

/** @type {Record<string, string>} */
const TASK_MARKS = { visit_open: "play", blocked: "hand", overdue: "coin", needs: "hand", draft: "note",
  gaps: "box" };

/** Begin a visit, or go on with the one that is open. @param {Ctx} ctx @param {string} store */
async function begin(ctx, store) {
  try {
    await ctx.memory.read();
    await ctx.verbs.startVisit(store);
    ctx.go(`/store/${store}`);
  } catch (error) {
    ctx.say(saidOf(error), { tone: "stop" });
  }
}

/** @param {Ctx} ctx @param {{day: string, stops: Stop[]}} day @param {string[]} ids */
async function reorder(ctx, day, ids) {
  const before = day.stops.filter((one) => one.state === "planned").map((one) => one.id);
  if (ids.join() === before.join()) return;
  try {
    await ctx.memory.read();
    await ctx.verbs.reorder(day.day, ids);
    ctx.say(t("day.ordered"), { undo: () => ctx.verbs.reorder(day.day, before) });
  } catch (error) {
    ctx.say(saidOf(error), { tone: "stop" });
  }
}
