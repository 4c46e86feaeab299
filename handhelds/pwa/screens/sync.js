// Sync: what waits to be sent, what was received, how old the copy is. Nothing here has to be done;
// the button is for those who want to see it happen.

import { html, useState } from "../vendor/shell.js";
import { Button, Choice, Chip } from "../parts/button.js";
import { Export } from "../parts/export.js";
import { Frame } from "../parts/frame.js";
import { Facts, List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { doneWords, saidOf } from "../parts/said.js";
import { Banner, Empty, Failed, Waiting } from "../parts/state.js";
import { readTrail } from "../shown/trail.js";
import { ago, language, moment, span, t } from "../speech.js";
import { standing } from "../standing.js";
import { toldIn } from "../told.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/trail.js").Line} Line */

const FIRST = 30;

/** @param {Ctx} ctx */
export function screen(ctx) {
  const [which, setWhich] = useState("waiting");
  const [most, setMost] = useState(FIRST);
  const shown = useShown(ctx.local.changed, async () =>
    readTrail(ctx.local, await toldIn(language.value)), [language.value], ["rows", "queue", "verdict", "sync"]);
  const trail = shown.value;
  const { online, syncing, needs } = standing.value;
  const lines = trail ? (which === "waiting" ? trail.waiting : trail.received) : [];
  return html`<${Frame} title=${t("sync.title")} up="/more">
    <${Standing} ctx=${ctx} trail=${trail} online=${online} syncing=${syncing} />
    ${needs > 0 && html`<${Banner} tone="wait" mark="hand" act=${t("needs.look")} onAct=${() => ctx.go("/needs")}
      title=${t("needs.chip", { n: needs })} />`}
    ${shown.error ? html`<${Failed} error=${shown.error} again=${shown.again} />` : !trail
      ? html`<${Waiting} />` : html`
      <${Choice} name="which" label=${t("sync.which")} hideLabel value=${which} onChange=${setWhich} options=${[
        ["waiting", t("sync.list.waiting", { n: trail.waiting.length })],
        ["received", t("sync.list.received", { n: trail.received.length })]]} />
      ${lines.length === 0 ? (which === "waiting"
        ? html`<${Empty} mark="checks" title=${t("sync.empty")}>${t("sync.empty.text")}</${Empty}>`
        : html`<${Empty} mark="order" title=${t("sync.none_yet")}>${t("sync.none_yet.text")}</${Empty}>`)
        : html`<div class="sheet flush"><${List} label=${t(`sync.${which}`, { n: lines.length, span: "" })}>${lines.slice(0, most).map((one) => html`<${Done}
            key=${one.id} ctx=${ctx} line=${one} />`)}</${List}></div>
          ${lines.length > most && html`<${Button} wide onClick=${() => setMost(most + 60)}>${t("more")}</${Button}>`}`}
      ${which === "waiting" && html`<${Export} ctx=${ctx} />`}
      <${Section} title=${t("sync.copy")}><${Facts} pairs=${[
        [t("sync.last"), trail.pulled_at ? ago(trail.pulled_at) : t("age.never")],
        [t("sync.stock"), trail.stock_as_of ? moment(trail.stock_as_of) : t("age.never")],
        [t("sync.credit"), trail.credit_as_of ? moment(trail.credit_as_of) : t("age.never")]]} /></${Section}>`}
  </${Frame}>`;
}

/** @param {{ctx: Ctx, trail: Awaited<ReturnType<typeof readTrail>> | undefined, online: boolean, syncing: boolean}} what */
function Standing({ ctx, trail, online, syncing }) {
  const old = trail?.oldest ? span(Date.now() - new Date(trail.oldest).getTime()) : "";
  const title = !trail ? t("loading") : trail.pending
    ? t("sync.waiting", { n: trail.pending, span: old }) : t("sync.none");
  const text = !online ? t("sync.offline.text") : trail?.pending ? t("sync.by_itself") : t("sync.up_to_date");
  const sync = async () => {
    try {
      const { state } = await ctx.link.sync();
      ctx.say(t(`ended.${state}`), state === "done" ? {} : { tone: "stop" });
    } catch (error) {
      ctx.say(saidOf(error), { tone: "stop" });
    }
  };
  return html`<section class="sheet stack"><div class="row-of"><span class="figure">${trail?.pending ?? "–"}</span>
      <span class="row-words"><strong>${title}</strong><span class="row-text">${text}</span></span></div>
    <${Button} mark="sync" wide busy=${syncing} disabled=${!online} onClick=${sync}>${t(syncing
      ? "sync.syncing" : "sync.now")}</${Button}></section>`;
}

/** @type {Record<string, [string, string]>} */
const STATES = { saved: ["save", "calm"], waiting: ["clock", "go"], received: ["checks", "done"],
  needs: ["hand", "wait"] };

/** @param {{ctx: Ctx, line: Line}} what */
export function Done({ ctx, line }) {
  const [mark, tone] = STATES[line.state];
  const undo = async () => {
    try {
      await ctx.verbs.undo(line.id);
      ctx.say(t("undone"));
    } catch (error) {
      ctx.say(saidOf(error), { tone: "stop" });
    }
  };
  const what = doneWords(line);
  return html`<${Row} mark=${mark} tone=${tone} title=${what}
    text=${html`<span>${[line.store, moment(line.captured_at)].filter(Boolean).join(" · ")}</span>
      ${line.outcome !== "applied" && line.says.map((one) => html`<span class="said" key=${one}>${one}</span>`)}`}
    end=${html`<${Chip} tone=${tone}>${t(`state.${line.state}`)}</${Chip}>`}
    more=${line.undoable && html`<${Button} mark="undo" kind="quiet" label=${`${t("undo")}: ${what}`} onClick=${undo}>${t("undo")}</${Button}>`} />`;
}
