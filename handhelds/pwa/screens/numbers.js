// @ts-check
// The rep's own numbers, worked out here from this handheld's own copy: how far the target is
// reached, the period so far against the one before, what visits bring, the trend, and what is missing on shelves. Each says its n.

import { html, useEffect, useRef, useState } from "../vendor/shell.js";
import { language } from "../speech.js";
import { Age } from "../parts/age.js";
import { Button } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { styled } from "../parts/styled.js";
import { age } from "../shown/ages.js";
import { before, periodOf, shelves, trend, worked } from "../shown/numbers.js";
import { dayOn, mustAt, settingOf } from "../shown/reading.js";
import { netSold, progress, targetOn } from "../shown/target.js";
import { Target } from "./numbers_target.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

const MOST_GAPS = 8;
const MOST_STORES = 6;

/** @param {any} local */
async function readNumbers(local) {
  const [setting, visits, orders, cards, stops, targets, pulled_at] = await Promise.all([settingOf(local),
    local.rows("visit"), local.rows("order"), local.rows("card"), local.rows("plan_stop"),
    local.rows("target"), local.copy.mark("server_time")]);
  const { catalogue, today, zone, rep, now_ms } = setting;
  const mine = (/** @type {any[]} */ rows) => rows.filter((row) => row.rep === rep.code);
  const day_of = (/** @type {any} */ row) => dayOn(row.started_at ?? row.captured_at, zone) ?? row.planned_on ?? null;
  const periods = catalogue.pulled("period");
  const target = targetOn(targets, rep.code, today);
  const span = periodOf(periods, today, target);
  const known = { visits: mine(visits), orders: mine(orders), stops: mine(stops), day_of };
  return {
    span: { ...span, last: today < span.last ? today : span.last }, ends: span.last, no: span.no,
    aim: target && aimOf(target, known.orders, today, day_of),
    now: worked({ ...known, span: { ...span, last: today } }),
    then: worked({ ...known, span: before(periods, span, today, target) }),
    shelf: shelves({ stores: catalogue.pulled("store"), cards, span, day_of,
      must: (store) => Object.keys(mustAt(catalogue, store, today)),
      name_of: (code) => catalogue.product(code)?.name ?? code }),
    trend: trend({ periods, orders: known.orders, today, day_of }),
    age: age(pulled_at, now_ms),
  };
}

/** @param {any} target @param {any[]} orders @param {string} today @param {(row: any) => string | null} day_of */
function aimOf(target, orders, today, day_of) {
  const sold = netSold(orders, { first: target.first_day, last: today }, day_of);
  return { last: target.last_day, sold, progress: progress(target, sold.net_minor, today) };
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const { t, day } = ctx;
  const { value: read, error, again } = useShown(ctx.local.changed, () => readNumbers(ctx.local), [], ["rows"]);
  const lead = read && (read.no ? t("numbers.period", { no: read.no, day: day(read.ends) })
    : t("numbers.since", { day: day(read.span.first) }));
  return html`<${Frame} title=${t("numbers.title")} lead=${lead}>
    ${error && html`<${Failed} error=${saidOf(error)} again=${again} />`}
    ${!read && !error && html`<${Waiting} rows=${8} />`}
    ${read && html`<${Target} ctx=${ctx} aim=${read.aim} />
      <${Worked} ctx=${ctx} now=${read.now} then=${read.then} />
      <${Trend} ctx=${ctx} trend=${read.trend} />
      <${Shelf} ctx=${ctx} shelf=${read.shelf} />
      <p class="soft small">${t("numbers.own")} <${Age} age=${read.age} /></p>`}</${Frame}>`;
}

/** A figure, what it was made of, and what it was at this point of the period before.
 * @param {{ word: string, value: string, then: string | null, n: string }} what */
function Figure({ word, value, then, n }) {
  return html`<li><span class="soft small">${word}</span><b>${value}</b>
    <span class="small soft">${n}</span>${then !== null && html`<span class="small soft">${then}</span>`}</li>`;
}

/** @param {any} what */
function Worked({ ctx, now, then }) {
  const { t, money, number } = ctx;
  const percent = (/** @type {number} */ value) => `${number(value)} %`;
  /** @type {[string, string, (value: number) => string][]} */
  const means = [["strike_rate", "visits", percent], ["lines_per_call", "calls", number],
    ["drop_ordered", "orders", money], ["drop_delivered", "deliveries", money], ["plan_kept", "stops", percent]];
  const shown = (/** @type {any} */ value, /** @type {(value: number) => string} */ write) =>
    (value === null ? t("numbers.unknown") : write(value));
  const was = (/** @type {string} */ value) => t("numbers.then", { value });
  if (!now.visits && !now.orders && !then.visits && !then.orders) {
    return html`<${Section} title=${t("numbers.worked")}><${Empty} mark="numbers" title=${t("numbers.none.title")}
      act=${t("tab.day")} onAct=${() => ctx.go("/day")}>${t("numbers.none.text")}</${Empty}></${Section}>`;
  }
  return html`<${Section} title=${t("numbers.worked")}><ul class="tiles">
    <${Figure} word=${t("numbers.ordered")} value=${money(now.ordered_minor)} then=${was(money(then.ordered_minor))}
      n=${t("numbers.of.orders", { n: now.orders })} />
    <${Figure} word=${t("numbers.visits")} value=${number(now.visits)} then=${was(number(then.visits))}
      n=${t("numbers.of.stores", { n: now.stores })} />
    ${means.map(([name, of, write]) => html`<${Figure} key=${name} word=${t(`numbers.${name}`)} value=${shown(now[name].value, write)}
      then=${then[name].value === null ? null : was(write(then[name].value))} n=${t(`numbers.of.${of}`, { n: now[name].n })} />`)}</ul></${Section}>`;
}

/** The trend: a line, and the same figures in a table for who does not see it.
 * @param {{ ctx: Ctx, trend: ReturnType<typeof trend> }} what */
function Trend({ ctx, trend: { points, by } }) {
  const { t, money, day } = ctx;
  const name = (/** @type {any} */ one) => (by === "period" ? t("numbers.no", { no: one.no }) : day(one.last));
  if (points.length < 2) {
    return html`<${Section} title=${t("numbers.trend")}><p class="soft">${t("numbers.trend.none")}</p></${Section}>`;
  }
  return html`<${Section} title=${t("numbers.trend")} lead=${t(`numbers.trend.${by}`)}>
    <${Chart} points=${points} name=${name} money=${money} />
    <details><summary>${t("numbers.table")}</summary><table class="plain"><tbody>${points.map((one) => html`<tr key=${one.last}>
      <th scope="row">${name(one)}</th><td>${money(one.minor)}</td><td class="soft">${t("numbers.of.orders", { n: one.n })}</td></tr>`)}
    </tbody></table></details></${Section}>`;
}

/** The line itself, drawn by a file that is fetched only here.
 * @param {{ points: any[], name: (one: any) => string, money: (minor: number) => string }} what */
function Chart({ points, name, money }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    /** @type {any} */
    let chart;
    let wanted = true;
    const resize = () => chart?.setSize({ width: place.current?.clientWidth ?? 300, height: 180 });
    Promise.all([import("../vendor/chart.js"), styled("vendor/chart.css")]).then(([{ Chart: Made }]) => {
      if (!wanted || !place.current) return;
      const style = getComputedStyle(document.documentElement);
      const ink = style.getPropertyValue("--ink-soft").trim();
      const accent = style.getPropertyValue("--accent").trim();
      const axis = { stroke: ink, grid: { stroke: style.getPropertyValue("--line").trim(), width: 1 }, font: "12px system-ui" };
      chart = new Made({
        width: place.current.clientWidth, height: 180, legend: { show: false }, cursor: { show: false },
        scales: { x: { time: false }, y: { range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) =>
          [Math.min(0, low), Math.max(1, high) * 1.1] } },
        axes: [{ ...axis, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) =>
          ticks.map((n) => (points[n] && Number.isInteger(n) ? name(points[n]) : "")) },
        { ...axis, size: 64, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) =>
          ticks.map((minor) => money(minor).replace(/[.,]00$/, "")) }],
        series: [{}, { stroke: accent, width: 2, points: { show: true, size: 7, fill: accent } }],
      }, [points.map((_, n) => n), points.map((one) => one.minor)], place.current);
      addEventListener("resize", resize);
    }).catch(() => setFailed(true));
    return () => {
      wanted = false;
      removeEventListener("resize", resize);
      chart?.destroy();
    };
  }, [points, language.value]);
  return failed ? null : html`<div class="chart" aria-hidden="true" ref=${place}></div>`;
}

/** @param {any} what */
function Shelf({ ctx, shelf }) {
  const { t, number, go } = ctx;
  const [open, setOpen] = useState("");
  const share = (/** @type {any} */ one) => (one.value === null ? t("numbers.unknown") : `${number(one.value)} %`);
  return html`<${Section} title=${t("numbers.shelf")} lead=${t("numbers.shelf.cards", { done: shelf.with_card, all: shelf.stores })} flush>
    <ul class="tiles in-sheet"><${Figure} word=${t("numbers.must_stock")} value=${share(shelf.must_stock)} then=${null}
        n=${t("numbers.of.lines", { n: shelf.must_stock.n })} />
      <${Figure} word=${t("numbers.out_of_stock")} value=${share(shelf.out_of_stock)} then=${null}
        n=${t("numbers.of.lines", { n: shelf.out_of_stock.n })} /></ul>
    <${List} label=${t("numbers.gaps")}>${shelf.gaps.slice(0, MOST_GAPS).map((/** @type {any} */ one) => html`<${Row} key=${one.product}
        mark="star" tone="wait" title=${one.name} text=${t("numbers.missing_in", { n: one.missing.length, all: one.needed })}
        onClick=${() => setOpen(open === one.product ? "" : one.product)}
        more=${open === one.product && one.missing.slice(0, MOST_STORES).map((/** @type {any} */ at) => html`<${Button} key=${at.id}
          mark="store" onClick=${() => go(`/store/${at.id}`)}>${at.name}</${Button}>`)} />`)}
      ${!shelf.gaps.length && html`<${Row} mark="check" title=${t(shelf.must_stock.n ? "numbers.no_gaps" : "numbers.no_cards")} />`}</${List}></${Section}>`;
}
