// @ts-check
// The target of the period: a bar of what is reached, a mark on it where one should be by now, and
// what each working day that is left has to bring.

import { html } from "../vendor/shell.js";
import { Section } from "../parts/list.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {{ progress: ReturnType<typeof import("../shown/target.js").progress>, last: string,
 *   sold: ReturnType<typeof import("../shown/target.js").netSold> }} Aim */

/** @param {{ ctx: Ctx, aim: Aim | null }} what */
export function Target({ ctx, aim }) {
  const { t, money, number, day } = ctx;
  if (!aim) {
    return html`<${Section} title=${t("numbers.target")}><p class="soft">${t("numbers.target.none")}</p></${Section}>`;
  }
  const { progress, sold, last } = aim;
  return html`<${Section} title=${t("numbers.target")}
      lead=${t("numbers.target.days", { passed: progress.passed, days: progress.days, day: day(last) })}>
    <div class="aim-head"><b>${number(progress.reached)} %</b>
      <span class="soft">${t("numbers.target.of", { net: money(progress.net_minor), whole: money(progress.whole_minor) })}</span></div>
    <${Bar} t=${t} progress=${progress} />
    <p class=${tone(progress)}>${now(ctx, progress)}</p>
    ${sold.back_minor > 0 && html`<p class="soft small">${t("numbers.target.back",
      { sold: money(sold.sold_minor), back: money(sold.back_minor) })}</p>`}
    <${Pace} ctx=${ctx} progress=${progress} />
    <p class="soft small">${t("numbers.target.stores")}</p></${Section}>`;
}

/** @param {Aim["progress"]} progress */
function tone({ missing_minor, ahead_minor }) {
  if (!missing_minor) return "done";
  return ahead_minor !== null && ahead_minor < 0 ? "wait" : undefined;
}

/** Where one stands, in words. @param {Ctx} ctx @param {Aim["progress"]} progress */
function now({ t, money }, { missing_minor, over_minor, expected, ahead_minor }) {
  if (!missing_minor) return t("numbers.target.reached", { over: money(over_minor) });
  if (expected === null || ahead_minor === null) return t("numbers.target.no_days");
  const by = ahead_minor < 0 ? "behind" : "ahead";
  return t(`numbers.target.${by}`, { n: expected, by: money(Math.abs(ahead_minor)) });
}

/** @param {{ t: Ctx["t"], progress: Aim["progress"] }} what */
function Bar({ t, progress: { reached, expected } }) {
  const says = expected === null ? t("numbers.target.bar", { reached })
    : t("numbers.target.bar_by_now", { reached, expected });
  return html`<div class="aim" role="img" aria-label=${says}>
    <i style=${`width:${Math.min(100, reached)}%`}></i>
    ${expected !== null && html`<b style=${`inset-inline-start:${expected}%`}></b>`}</div>`;
}

/** What is missing, and what that makes a day. @param {{ ctx: Ctx, progress: Aim["progress"] }} what */
function Pace({ ctx, progress: { missing_minor, per_day_minor, left } }) {
  const { t, money } = ctx;
  if (!missing_minor) return null;
  return html`<ul class="tiles"><li><span class="soft small">${t("numbers.target.missing")}</span>
      <b>${money(missing_minor)}</b></li>
    <li><span class="soft small">${t("numbers.target.pace")}</span>
      <b>${per_day_minor === null ? t("numbers.target.over") : money(per_day_minor)}</b>
      ${per_day_minor !== null && html`<span class="small soft">${t("numbers.target.left", { n: left })}</span>`}</li></ul>`;
}
