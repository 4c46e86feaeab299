// @ts-check
// Goods of a delivered order that go back: each product with what came of it, at the price it was
// sold at. A change that came too late and wanted less stands here already.

import { html, useMemo, useState } from "../vendor/shell.js";
import { orderOf, returnable } from "../orders.js";
import { amountWords, priceWords, unitName } from "../parts/amount.js";
import { Button, MarkButton } from "../parts/button.js";
import { useDraft } from "../parts/draft.js";
import { Frame } from "../parts/frame.js";
import { Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { Banner, Empty, Failed, Waiting } from "../parts/state.js";
import {
  everything, linesBack, mayGoBack, put, wantedBack, worthMinor,
} from "../shown/giving_back.js";
import { notAnswered } from "../shown/order.js";
import { padOf } from "../shown/reading.js";
import { OrderKeys } from "./order_line.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/giving_back.js").Chosen} Chosen */

/** @param {any} local @param {string} store @param {string} id of the order */
async function readOrder(local, store, id) {
  const { at } = await padOf(local, store, "order");
  const order = orderOf(at, { store, id });
  const product = (/** @type {string} */ code) => at.catalogue.product(code);
  return { store: at.store, order, first: notAnswered(at.rows("order"), id, "return"), lines: linesBack(order, returnable(at, order), product) };
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const { store, order } = ctx.params;
  const { value: known, error, again } = useShown(ctx.local.changed,
    () => readOrder(ctx.local, store, order), [store, order], ["rows"]);
  const up = `/store/${store}`;
  if (known) return html`<${Choosing} ctx=${ctx} known=${known} up=${up} />`;
  return html`<${Frame} title=${ctx.t("back.title")} up=${up}>${error
    ? html`<${Failed} error=${saidOf(error)} again=${again} />` : html`<${Waiting} rows=${6} />`}</${Frame}>`;
}

/** @param {{ ctx: Ctx, known: Awaited<ReturnType<typeof readOrder>>, up: string }} what */
function Choosing({ ctx, known, up }) {
  const { t, money } = ctx;
  const { store, order, lines } = known;
  const key = `order/${store.id}/back/${order.id}`;
  const failed = (/** @type {unknown} */ no) => ctx.say(saidOf(no), { tone: "stop" });
  const { value: chosen, change } = useDraft(ctx.local, key, async (kept) => /** @type {Chosen} */ (
    kept ?? (known.first ? lateLess(lines, await ctx.verbs.tooLate(known.first)) : {})), failed);
  const [at, setAt] = useState("");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const worth = useMemo(() => worthMinor(lines, chosen ?? {}, order.currency), [lines, chosen]);
  const title = t("back.title");
  if (!chosen) return html`<${Frame} title=${title} up=${up}><${Waiting} rows=${6} /></${Frame}>`;
  const n = Object.keys(chosen).length;
  const save = async () => {
    setBusy(true);
    try {
      const named = { store: store.id, id: order.id };
      const row = await ctx.verbs.giveBack(named, wantedBack(lines, chosen), [key]);
      ctx.say(t("back.saved", { number: row.number }), { undo: () => takeBack(ctx, row.change, key, chosen) });
      ctx.go(`${up}/order?saved=${row.id}`, { replace: true });
    } catch (no) {
      setBusy(false);
      setFault(saidOf(no));
    }
  };
  const line = lines.find((one) => one.product === at);
  const foot = line ? html`<${OrderKeys} ctx=${ctx} product=${line.row ?? line} quantity=${chosen[at]?.quantity ?? 0} units=${line.units}
      uom=${chosen[at]?.uom ?? ""} onClose=${() => setAt("")} onPut=${(/** @type {number} */ quantity, /** @type {string} */ uom) =>
        change((/** @type {Chosen} */ now) => put(now, line, quantity, uom))} />`
    : html`<div class="sum"><b>${money(worth)}</b><span class="small soft">${t("back.worth")}</span></div>
      <${Button} kind="primary" mark="check" busy=${busy} disabled=${!n} onClick=${save}>${t("back.save")}</${Button}>`;
  const is_possible = mayGoBack(order) && lines.some((one) => one.may > 0);
  return html`<${Frame} title=${title} lead=${`${order.number} · ${store.name}`} up=${up} foot=${is_possible && foot}>
    ${fault && html`<${Banner} tone="stop">${fault}</${Banner}>`}
    ${!is_possible ? html`<${Empty} mark="box" title=${t("back.none")}>${t("back.none.text")}</${Empty}>` : html`
      <p class="soft small">${t("back.how")}</p>
      <div class="row-of quick"><${Button} mark="checks" onClick=${() => change(everything(lines))}>${t("back.all")}</${Button}>
        ${n > 0 && html`<${Button} kind="quiet" onClick=${() => change({})}>${t("clear")}</${Button}>`}</div>
      <${Section} flush><ul class="pad-lines">${lines.map((one) => html`<${Line} key=${one.product} ctx=${ctx} line=${one}
        now=${chosen[one.product]} is_at=${at === one.product} onType=${() => setAt(one.product)}
        onPut=${(/** @type {number} */ quantity) => change((/** @type {Chosen} */ was) => put(was, one, quantity))} />`)}</ul></${Section}>`}
  </${Frame}>`;
}

/** @param {any} what */
function Line({ ctx: { t }, line, now, is_at, onPut, onType }) {
  const { name, row, may, came } = line;
  const quantity = now?.quantity ?? 0;
  const amount = (/** @type {number} */ n) => (row ? amountWords(row, n) : String(n));
  const unit = unitName("each"); // one broken piece of what is sold by the case
  return html`<li class="pad-line ${quantity ? "has" : ""} ${is_at ? "is-at" : ""}">
    <div class="pad-words"><p class="row-title">${name}</p>
      <p class="row-text">${[t("back.came", { amount: amount(came) }), priceWords(line.unit_price)].join(" · ")}</p>
      ${may < came && html`<p class="row-text wait">${may ? t("back.may", { amount: amount(may) }) : t("back.gone")}</p>`}</div>
    ${may > 0 && html`<div class="pad-acts"><span class="stepper">
      <${MarkButton} mark="minus" label=${t("pad.less", { unit, name })} disabled=${!quantity} onClick=${() => onPut(quantity - 1)} />
      <button type="button" class="stepper-value" onClick=${onType}>${quantity ? amount(quantity) : "0"}<span
        class="unseen">, ${t("pad.type", { name })}</span></button>
      <${MarkButton} mark="plus" label=${t("pad.more", { unit, name })} disabled=${quantity >= may}
        onClick=${() => onPut(quantity + 1)} /></span></div>`}</li>`;
}

/** What a change that came too late wanted less of.
 * @param {Record<string, any>[]} lines @param {{ less: Map<string, number> }} late @returns {Chosen} */
const lateLess = (lines, { less }) => lines.reduce((chosen, line) =>
  put(chosen, line, less.get(line.product) ?? 0), /** @type {Chosen} */ ({}));

/** A saved return taken back: it is being chosen again, as it was.
 * @param {Ctx} ctx @param {string} change @param {string} key @param {Chosen} chosen */
async function takeBack(ctx, change, key, chosen) {
  await ctx.verbs.undo(change);
  await ctx.local.keepDraft(key, chosen);
  ctx.back(`/store/${ctx.params.store}`);
}
