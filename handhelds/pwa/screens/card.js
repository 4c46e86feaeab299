// @ts-check
// The visit card: a matrix filled in by swipes, taps and keys (shown/card.js says what each does).
// What was typed is kept on every gesture, until it is saved.

import { html, useCallback, useRef, useState } from "../vendor/shell.js";
import { parts } from "../stored/columns.js";
import { mustStock } from "../suggested.js";
import { Button } from "../parts/button.js";
import { useDraft } from "../parts/draft.js";
import { Frame } from "../parts/frame.js";
import { useShown } from "../parts/live.js";
import { PhotoButton } from "../parts/photo.js";
import { Searching } from "../parts/searching.js";
import { saidOf } from "../parts/said.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { besideOf, competitorsToSave } from "../shown/beside.js";
import { CELLS, added, linesToSave, newCard, progress, touch } from "../shown/card.js";
import { padOf } from "../shown/reading.js";
import { newestFirst, openVisit } from "../shown/store.js";
import { Beside } from "./card_beside.js";
import { Keys, More, Product } from "./card_line.js";

/** @typedef {import("../shown/card.js").Card} Card */
/** @typedef {import("../shown/card.js").Gesture} Gesture */

const USUAL_ORDERS = 3;

/** What a card is begun with. @param {any} local @param {string} id */
async function readCard(local, id) {
  const pad = await padOf(local, id, "card", "order", "visit");
  const usual = newestFirst(pad.at.rows("order")).slice(0, USUAL_ORDERS)
    .flatMap((order) => parts("order", "lines", order.lines).map((line) => line.product));
  return { store: pad.at.store, catalogue: pad.at.catalogue, cards: pad.at.rows("card"), usual,
    visit: openVisit(pad.at.rows("visit"))?.id ?? null,
    must: Object.fromEntries(mustStock(pad)), today: pad.today() };
}

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const id = ctx.params.store;
  const { value: known, error, again } = useShown(ctx.local.changed,
    () => readCard(ctx.local, id), [id], []);
  const up = `/store/${id}`;
  if (known) return html`<${Filling} ctx=${ctx} known=${known} up=${up} />`;
  return html`<${Frame} title=${ctx.t("card.title")} up=${up}>${error
    ? html`<${Failed} error=${saidOf(error)} again=${again} />`
    : html`<${Waiting} rows=${8} />`}</${Frame}>`;
}

/** @param {{ ctx: import("../ctx.js").Ctx, known: any, up: string }} what */
function Filling({ ctx, known, up }) {
  const { t } = ctx;
  const { catalogue, store } = known;
  const key = `card/${store.id}`;
  const fresh = () => ({ ...newCard({ ...known, product: (code) => catalogue.product(code) }),
    begun: known.today });
  const failed = (/** @type {unknown} */ error) => ctx.say(saidOf(error), { tone: "stop" });
  const { value: card, was_kept, change } = useDraft(ctx.local, key,
    // One begun before the program knew of competitors has none: they are looked at as well.
    (kept) => (kept?.lines ? /** @type {Card} */ ({ beside: besideOf(known.cards), ...kept }) : fresh()), failed);
  const [more, setMore] = useState(/** @type {string | null} */ (null));
  const [adding, setAdding] = useState(false);
  const [busy, setBusy] = useState(false);
  const act = useCallback((/** @type {Gesture} */ gesture) =>
    change((now) => touch(now, gesture)), [change]);
  const row = useRows(card?.at ?? null, act, ctx, setMore);
  if (!card) return html`<${Frame} title=${t("card.title")} up=${up}><${Waiting} rows=${8} /></${Frame}>`;
  const far = progress(card);
  const seen = far.all - far.left;
  const save = async () => {
    setBusy(true);
    try {
      const row = await ctx.verbs.card(store.id, linesToSave(card), [key],
        competitorsToSave(card));
      ctx.say(t("card.saved", { n: seen }), { undo: () => takeBack(ctx, row.change, key, card) });
      ctx.back(up);
    } catch (error) {
      setBusy(false);
      failed(error);
    }
  };
  const restart = () => {
    change(fresh());
    ctx.say(t("card.restarted"), { undo: () => change(card) });
  };
  const choose = (/** @type {any} */ row) => {
    change((now) => added(now, row));
    setAdding(false);
  };
  return html`<${Frame} title=${t("card.title")} lead=${store.name} up=${up} wide
      head=${html`<${PhotoButton} ctx=${ctx} about=${{ store: store.id, visit: known.visit }} />`}
      under=${html`<${Head} far=${far} last=${newestFirst(known.cards)[0]} ctx=${ctx} />`}
      foot=${card.at ? html`<${Keys} card=${card} act=${act} ctx=${ctx} />`
        : html`<${Foot} far=${far} busy=${busy} act=${act} save=${save} t=${t} />`}>
    ${was_kept && seen > 0 && html`<p class="soft small kept">
      <span>${card.begun && card.begun !== known.today ? t("card.late", { n: seen, day: ctx.day(card.begun) })
        : t("card.kept", { n: seen })}</span>
      <${Button} kind="quiet" onClick=${restart}>${t("card.restart")}</${Button}></p>`}
    ${card.lines.length === 0
      ? html`<${Empty} mark="card" title=${t("card.empty.title")} act=${t("card.add")}
          onAct=${() => setAdding(true)}>${t("card.empty.text")}</${Empty}>`
      : html`<ul class="matrix" aria-label=${t("card.title")}>${card.lines.map(row)}</ul>
        <${Button} mark="plus" wide onClick=${() => setAdding(true)}>${t("card.add")}</${Button}>`}
    <${Beside} card=${card} cards=${known.cards} row=${row} act=${act} change=${change} more=${more}
      onClose=${() => setMore(null)} ctx=${ctx} needs=${seen === 0} />
    ${more && html`<${More} line=${card.lines.find((one) => one.product === more)} act=${act}
      ctx=${ctx} onClose=${() => setMore(null)} />`}
    ${adding && html`<${Searching} catalogue=${catalogue} title=${t("card.add")}
      onClose=${() => setAdding(false)} onChosen=${choose} />`}</${Frame}>`;
}

/**
 * Draws a line; one that has not changed is handed back as it was drawn.
 * @param {Card["at"]} cell where the keys write @param {(gesture: Gesture) => void} act
 * @param {import("../ctx.js").Ctx} ctx @param {(product: string) => void} onMore
 * @returns {(line: Card["lines"][number]) => any}
 */
export function useRows(cell, act, ctx, onMore) {
  const rows = useRef(/** @type {Map<string, { line: any, at: any, shown: any }>} */ (new Map()));
  return (line) => {
    const at = cell?.product === line.product ? cell : null;
    const there = rows.current.get(line.product);
    if (there && there.line === line && there.at === at) return there.shown;
    const shown = html`<${Product} key=${line.product} line=${line} act=${act} ctx=${ctx}
      onMore=${onMore} at=${at} />`;
    rows.current.set(line.product, { line, at, shown });
    return shown;
  };
}

/** A saved card taken back: it is a draft again, as it was.
 * @param {import("../ctx.js").Ctx} ctx @param {string} change @param {string} key @param {Card} card */
async function takeBack(ctx, change, key, card) {
  await ctx.verbs.undo(change);
  await ctx.local.keepDraft(key, card);
  ctx.say(ctx.t("card.back"));
}

/** @param {any} what */
function Foot({ far, busy, act, save, t }) {
  return html`${far.may_be_same > 0 && html`<${Button} mark="checks"
      onClick=${() => act({ does: "rest" })}>${t("card.rest", { n: far.may_be_same })}</${Button}>`}
    <${Button} kind="primary" mark="check" busy=${busy} disabled=${far.left === far.all}
      onClick=${save}>${t("card.save", { n: far.all - far.left })}</${Button}>`;
}

/** How far the card is. @param {any} what */
function Head({ far, last, ctx: { t, moment } }) {
  return html`<${Columns} t=${t} left=${last ? t("card.last", { at: moment(last.captured_at) }) : t("card.first")}
    right=${t("card.far", { done: far.all - far.left, all: far.all })} />`;
}

/** What the columns are, under a line of two words.
 * @param {{ t: import("../ctx.js").Ctx["t"], left: string, right: string }} what */
export function Columns({ t, left, right }) {
  return html`<div class="matrix-head"><p class="small soft">
      <span>${left}</span><span aria-live="polite">${right}</span></p>
    <div class="matrix-line matrix-columns" aria-hidden="true">${CELLS.map((cell) => html`
      <span key=${cell}>${t(`card.short.${cell}`)}</span>`)}<span>${t("card.short.out")}</span></div></div>`;
}
