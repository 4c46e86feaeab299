// @ts-check
// One store on one scroll: what stands in the way first, then what it owes, bought and shows on its
// shelf, who to ask for, and what was written down. The visit begins and ends here.

import { html, useEffect, useState } from "../vendor/shell.js";
import { has } from "../speech.js";
import { Button } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { useShown } from "../parts/live.js";
import { Mark } from "../parts/mark.js";
import { saidOf } from "../parts/said.js";
import { Banner, Failed, Waiting } from "../parts/state.js";
import { lastOrder } from "../shown/order.js";
import { storeKnown, workedAhead } from "../shown/reading.js";
import { storeScreen } from "../shown/store.js";
import { OrderLife } from "./order_life.js";
import { Begun } from "./store_begun.js";
import { About, Cards, Gaps, Orders, Owed, People } from "./store_parts.js";
import { Photos } from "./store_photos.js";
import { EndVisit } from "./store_visit.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** The store is on the screen before its pad is worked out. */
const AHEAD_MS = 20;

/** @param {Ctx} ctx */
export function screen(ctx) {
  const id = ctx.params.store;
  const { value: known, error, again } = useShown(ctx.local.changed,
    () => storeKnown(ctx.local, id), [id]);
  useEffect(() => {
    if (!known) return undefined;
    const waits = setTimeout(() => { // what fails here is told where it is asked for
      workedAhead(ctx.local, id).catch(() => undefined);
    }, AHEAD_MS);
    return () => clearTimeout(waits);
  }, [known]);
  if (known) return html`<${Store} ctx=${ctx} known=${known} />`;
  return html`<${Frame} title=${ctx.t("store.title")} up="/stores">${error
    ? html`<${Failed} error=${saidOf(error)} again=${again} />`
    : html`<${Waiting} rows=${8} />`}</${Frame}>`;
}

/** @param {{ ctx: Ctx, known: import("../shown/store.js").Known }} what */
function Store({ ctx, known }) {
  const { t, go } = ctx;
  const shown = storeScreen(known);
  const { store, open_visit } = shown;
  const [ends, setEnds] = useState(false);
  const [order, setOrder] = useState(/** @type {string | null} */ (null));
  const path = `/store/${store.id}`;
  const start = async () => {
    try {
      const visit = await ctx.verbs.startVisit(store.id);
      ctx.say(t("visit.started"), visit.change ? { undo: () => ctx.verbs.undo(visit.change) } : {});
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
    }
  };
  const foot = open_visit
    ? html`<${Button} onClick=${() => setEnds(true)}>${t("visit.end")}</${Button}>
      <${Button} mark="card" onClick=${() => go(`${path}/card`)}>${t("act.card")}</${Button}>
      <${Button} kind="primary" mark="order" onClick=${() => go(`${path}/order`)}>${t("act.order")}</${Button}>`
    : html`<${Button} mark="order" onClick=${() => go(`${path}/order`)}>${t("act.order")}</${Button}>
      <${Button} kind="primary" mark="play" onClick=${start}>${t("visit.start")}</${Button}>`;
  const place = [store.code, store.address, store.city].filter(Boolean).join(" · ");
  return html`<${Frame} title=${store.name} lead=${place} up="/day" foot=${foot}>
    ${open_visit && html`<${Banner} tone="go" mark="clock" title=${t("visit.open")}>
      ${t(open_visit.distance_m === null ? "visit.since" : "visit.since_near", {
        at: ctx.time(open_visit.started_at), n: ctx.number(open_visit.distance_m ?? 0) })}</${Banner}>`}
    ${shown.banners.map((/** @type {any} */ one) => html`<${Banner} key=${one.what} tone=${one.tone}
      title=${has(`store.is.${one.what}`) ? t(`store.is.${one.what}`, said(one, ctx)) : one.what.replaceAll("_", " ")}>${
        has(`store.means.${one.what}`) ? t(`store.means.${one.what}`, said(one, ctx)) : one.reason}</${Banner}>`)}
    <${Begun} ctx=${ctx} store=${store.id} />
    <${Acts} ctx=${ctx} shown=${shown} path=${path} />
    <${Owed} ctx=${ctx} shown=${shown} path=${path} today=${known.today} />
    <${Gaps} ctx=${ctx} shown=${shown} path=${path} />
    <${Orders} ctx=${ctx} shown=${shown} path=${path} last=${lastOrder(known.orders)} onOrder=${setOrder} />
    <${Cards} ctx=${ctx} shown=${shown} path=${path} />
    <${Photos} ctx=${ctx} store=${store.id} visit=${open_visit?.id ?? null} />
    <${People} ctx=${ctx} shown=${shown} />
    <${About} ctx=${ctx} shown=${shown} store=${known.store} path=${path} />
    ${ends && html`<${EndVisit} ctx=${ctx} known=${known} visit=${open_visit} onClose=${() => setEnds(false)} />`}
    ${order && html`<${OrderLife} ctx=${ctx} order=${known.orders.find((row) => row.id === order)}
      nameOf=${known.name_of} onClose=${() => setOrder(null)} />`}
  </${Frame}>`;
}

/** Values of a banner's sentence. @param {any} one @param {Ctx} ctx */
const said = (one, ctx) => ({ reason: one.reason ?? "", amount: ctx.money(one.minor ?? 0) });

/** @param {any} what */
function Acts({ ctx: { t, go }, shown: { store, place }, path }) {
  const words = encodeURIComponent([store.name, store.address, store.city].filter(Boolean).join(", "));
  const at = place.lat_deg === null ? "0,0" : `${place.lat_deg},${place.lon_deg}`;
  const acts = [
    ["coin", "act.money", () => go(`${path}/money`)],
    ["card", "act.card", () => go(`${path}/card`)],
    ["box", "act.stock", () => go(`/stock?store=${store.id}`)],
  ];
  return html`<div class="acts">
    ${acts.map(([mark, word, act]) => html`<button type="button" class="act" key=${word} onClick=${act}>
      <${Mark} name=${mark} /><span>${t(word)}</span></button>`)}
    ${store.phone && html`<a class="act" href=${`tel:${store.phone.replace(/[^+\d]/g, "")}`}>
      <${Mark} name="phone" /><span>${t("act.call")}</span></a>`}
    ${(store.address || place.lat_deg !== null) && html`<a class="act" href=${`geo:${at}?q=${words}`}>
      <${Mark} name="pin" /><span>${t("act.map")}</span></a>`}</div>`;
}
