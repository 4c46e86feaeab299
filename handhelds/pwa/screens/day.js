// The day: its stops in order, what is due at each, and one tap that starts a visit.

import { html, useEffect, useRef, useState } from "../vendor/shell.js";
import { Button, Chip, MarkButton } from "../parts/button.js";
import { useFew } from "../parts/few.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { Mark } from "../parts/mark.js";
import { saidOf } from "../parts/said.js";
import { Banner, Empty, Failed, Progress, Waiting } from "../parts/state.js";
import { dayOf, isToCome, readDay } from "../shown/day.js";
import { gapsIn } from "../shown/gaps.js";
import { ago, day as dayName, money, number, t } from "../speech.js";
import { standing } from "../standing.js";
import { changeOver, updateWaits } from "../updates.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/day.js").Stop} Stop */

/** As many stops as a phone shows, and some more. */
const FEW = 10;

/** @param {Ctx} ctx */
export function screen(ctx) {
  const [Ordering, setOrdering] = useState(/** @type {any} */ (null)); // its part, while it is used
  const [first] = useState(() => ctx.memory.takeDay());
  const lacks = useRef(!first?.isWhole); // what needs the catalogue
  const shown = useShown(ctx.local.changed, () => {
    lacks.current = !ctx.memory.catalogue;
    return read(ctx);
  }, [], undefined, first?.day);
  const day = shown.value;
  useEffect(() => {
    // The list is here at once; what needs the catalogue follows, unless it was in what was kept.
    if (ctx.memory.catalogue) return;
    ctx.memory.read().then(() => { if (lacks.current) shown.again(); }, console.error);
  }, []);
  if (Ordering && day) {
    return html`<${Ordering} title=${t("day.order")}
      rows=${day.stops.filter(isToCome).map((one) => ({ id: one.id,
        title: one.store.name, text: one.store.address ?? "",
        fixed: one.pinned ? t("day.pinned") : "" }))}
      onClose=${() => setOrdering(null)} onDone=${(/** @type {string[]} */ ids) => {
        setOrdering(null);
        reorder(ctx, day, ids);
      }} />`;
  }
  const lead = day && [dayName(day.day), t("day.left", { n: day.left }),
    day.line_m > 0 ? kilometres(day.line_m) : ""].filter(Boolean).join(" · ");
  return html`<${Frame} title=${t("tab.day")}
    under=${html`<p class="soft small under">${lead || "\u00a0"}</p>`}
    head=${day && day.left > 1 && html`<${MarkButton} mark="swap" label=${t("day.order")}
      onClick=${() => import("../parts/ordering.js").then(
        (part) => setOrdering(() => part.Ordering), console.error)} />`}>
    <${Notes} ctx=${ctx} day=${day} />
    ${shown.error ? html`<${Failed} error=${shown.error} again=${shown.again} />`
      : !day ? html`<${Waiting} rows=${7} />`
      : day.stops.length === 0 ? html`<${Empty} mark="day" title=${t("day.empty")}
          act=${t("day.find")} onAct=${() => ctx.go("/stores")}>${t("day.empty.text")}</${Empty}>`
      : html`<${Stops} ctx=${ctx} day=${day} />`}
  </${Frame}>`;
}

/** Those to go first, what is behind the rep below. @param {{ctx: Ctx, day: Day}} what */
function Stops({ ctx, day }) {
  const is_left = (/** @type {Stop} */ one) => one.state === "planned" || one.state === "started";
  const [left, past] = [day.stops.filter(is_left), day.stops.filter((one) => !is_left(one))];
  const [few, end] = useFew(left.length, FEW, day.day);
  return html`
    ${left.length > 0 ? html`<div class="sheet flush"><${List} label=${t("day.stops")}>
        ${left.slice(0, few).map((one) => html`<${StopRow} key=${one.id} ctx=${ctx} stop=${one}
          current=${one.id === day.next} />`)}</${List}></div>${end}`
      : html`<${Banner} tone="done" title=${t("day.all_done")}>
        ${t("day.all_done.text")}</${Banner}>`}
    <${Button} mark="store" wide onClick=${() => ctx.go("/stores")}>${t("day.another")}</${Button}>
    ${past.length > 0 && html`<${Section} title=${t("day.past", { n: past.length })} flush>
      <${List}>${past.map((one) => html`<${PastRow} key=${one.id} ctx=${ctx} stop=${one} />`)}
      </${List}></${Section}>`}`;
}

/** @param {Ctx} ctx */
async function read(ctx) {
  const day = await dayOf(ctx.local);
  const catalogue = ctx.memory.catalogue;
  const gapsOf = catalogue ? gapsIn(catalogue, day) : undefined;
  return ctx.memory.dayRead(Boolean(gapsOf), () => readDay(ctx.local, day, { gapsOf }));
}

/** @typedef {Awaited<ReturnType<typeof readDay>>} Day */

/** What is to be said before the list; nothing of it asks for anything.
 * @param {{ctx: Ctx, day: Day | undefined}} what */
function Notes({ ctx, day }) {
  return html`
    ${standing.value.must_enrol && html`<${Banner} tone="stop" title=${t("must_enrol")}
      act=${t("settings.enrol")} onAct=${() => ctx.go("/settings")}>
      ${t("must_enrol.text")}</${Banner}>`}
    ${updateWaits.value && html`<${Banner} tone="calm" mark="sync" act=${t("update.now")}
      onAct=${() => changeOver(true)}>${t("update.waits")}</${Banner}>`}
    ${day?.partial && html`<${Banner} tone="go" mark="sync" title=${t("first.day_here")}>
      <${Progress} label=${t("first.rest")}
        done=${day.partial.stores ?? 0} all=${day.partial.all ?? 0}
        says=${t("first.stores", { n: day.partial.stores ?? 0 })} /></${Banner}>`}
    ${day && !day.partial && day.pulled_at && isOld(day.pulled_at) && html`
      <${Banner} tone="wait" mark="clock">
        ${t("day.old", { ago: ago(day.pulled_at) })}</${Banner}>`}`;
}

/** @param {string} at */
const isOld = (at) => Date.now() - new Date(at).getTime() > 24 * 3600_000;

/** @param {number} m */
const kilometres = (m) => m < 950 ? t("distance.m", { n: Math.round(m / 50) * 50 })
  : t("distance.km", { n: m < 9_950 ? Math.round(m / 100) / 10 : Math.round(m / 1000) });

/** @param {{ctx: Ctx, stop: Stop, current: boolean}} what */
function StopRow({ ctx, stop, current }) {
  const { store, state } = stop;
  const place = html`<span class=${`stop-place ${state}`}>${number(stop.sequence)}</span>`;
  const far = stop.distance_m === null ? "" : kilometres(stop.distance_m);
  const where = [far, store.address, store.city];
  const text = html`<span>${where.filter(Boolean).join(" · ")}</span>
    ${stop.tasks.length > 0 && html`<span class="row-of tasks">${stop.tasks.map((one) => html`
      <${Chip} key=${one.what} tone=${one.tone} mark=${TASK_MARKS[one.what]}>
        ${taskWords(one)}</${Chip}>`)}</span>`}`;
  const begins = t(state === "planned" ? "stop.start_at" : "stop.go_on_at", { store: store.name });
  return html`<${Row} start=${place} title=${store.name} text=${text} current=${current}
    onClick=${() => ctx.go(`/store/${store.id}`)}
    side=${html`<button type="button" class="stop-start" aria-label=${begins}
      onClick=${() => begin(ctx, store.id)}><${Mark} name="play" /></button>`} />`;
}

/** A stop that is behind the rep: what became of it, and no more.
 * @param {{ctx: Ctx, stop: Stop}} what */
function PastRow({ ctx, stop }) {
  const done = stop.state === "done";
  return html`<${Row} mark=${done ? "check" : "close"} tone=${done ? "done" : "calm"}
    title=${stop.store.name} text=${t(`stop.${stop.state}`)}
    onClick=${() => ctx.go(`/store/${stop.store.id}`)} />`;
}

/** @param {import("../shown/day.js").Task} task */
const taskWords = ({ what, n, minor }) =>
  t(`task.${what}`, { n: n ?? 0, money: minor === undefined ? "" : money(minor) });

/** @type {Record<string, string>} */
const TASK_MARKS = { held: "hand", waiting: "clock", rejected: "close", visit_open: "play",
  blocked: "hand", overdue: "coin", needs: "hand", draft: "note", gaps: "box" };

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
  const before = day.stops.filter(isToCome).map((one) => one.id);
  if (ids.join() === before.join()) return;
  try {
    await ctx.memory.read();
    await ctx.verbs.reorder(day.day, ids);
    ctx.say(t("day.ordered"), { undo: () => ctx.verbs.reorder(day.day, before) });
  } catch (error) {
    ctx.say(saidOf(error), { tone: "stop" });
  }
}
