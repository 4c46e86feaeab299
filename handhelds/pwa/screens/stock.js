// @ts-check
// Stock of the day: what a warehouse has of a product, what is due, and what stands in for it.
// With `?store=ID` the store's own warehouse, and its prices.

import { html, useMemo, useState } from "../vendor/shell.js";
import { Age } from "../parts/age.js";
import { amountWords, priceWords } from "../parts/amount.js";
import { Chip, Choice, MarkButton } from "../parts/button.js";
import { Search } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { List, Row } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { Scanner } from "../parts/scanner.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { padOf, settingOf } from "../shown/reading.js";
import { stockScreen } from "../shown/stock.js";

/** State of a product's stock -> the tone and mark that repeat its word.
 * @type {Record<string, [string, string]>} */
const LOOK = {
  there: ["done", "check"], low: ["wait", "hand"], none: ["stop", "close"], unlisted: ["calm", "more"],
};
const MOST = 50;

/** @param {any} local @param {string | undefined} store */
async function readStock(local, store) {
  const [setting, pad] = await Promise.all([settingOf(local), store ? padOf(local, store) : null]);
  return { ...setting, pad };
}

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const { t, params } = ctx;
  const { value: read, error, again } = useShown(ctx.local.changed,
    () => readStock(ctx.local, params.store), [params.store], ["rows"]);
  const [words, setWords] = useState("");
  const [house, setHouse] = useState(/** @type {string | null} */ (null));
  const [scans, setScans] = useState(false);
  const shown = useMemo(() => (read ? stockScreen({ catalogue: read.catalogue, words,
    store: read.pad?.at.store ?? null, warehouse: house, at_most: MOST, now_ms: read.now_ms,
    as_of: read.as_of.stock ?? null, price_of: (_, code) => read.pad?.priceOf(code) ?? null }) : null),
  [read, words, house]);
  const up = params.store ? `/store/${params.store}` : "/more";
  const scanned = (/** @type {string} */ text) => {
    setScans(false);
    const codes = [...new Set(read?.catalogue.scanned(text).map((one) => one.product))];
    setWords(codes.length === 1 ? codes[0] : text);
  };
  const under = html`<${Search} label=${t("search.product")} value=${words} onInput=${setWords}
      end=${html`<${MarkButton} mark="scan" label=${t("scan.title")} onClick=${() => setScans(true)} />`} />
    <p class="pad-age">${shown && html`<${Age} age=${shown.age} what=${shown.warehouse ?? t("act.stock")} />`}</p>`;
  return html`<${Frame} title=${t("act.stock")} lead=${read?.pad?.at.store.name} up=${up} under=${under}>
    ${error && html`<${Failed} error=${saidOf(error)} again=${again} />`}
    ${!shown && !error && html`<${Waiting} rows=${8} />`}
    ${shown && !params.store && shown.warehouses.length > 1 && html`<${Choice} name="house" label=${t("stock.warehouse")}
      value=${shown.warehouse_id} onChange=${setHouse} options=${shown.warehouses.map((/** @type {any} */ one) => [one.id, one.name])} />`}
    ${shown && !shown.products.length && (words
      ? html`<${Empty} mark="search" title=${t("search.none.title")}>${t("search.none.text")}</${Empty}>`
      : html`<${Empty} mark="box" title=${t("stock.empty.title")}>${t("stock.empty.text")}</${Empty}>`)}
    ${shown && shown.products.length > 0 && html`<div class="sheet flush"><${List} label=${t("act.stock")}>
      ${shown.products.map((/** @type {any} */ one) => html`<${Line} key=${one.product} ctx=${ctx} one=${one}
        row=${read?.catalogue.product(one.product)} onInstead=${() => setWords(one.substitute)} />`)}</${List}></div>`}
    ${shown?.products.length === MOST && html`<p class="soft small">${t("stores.more", { n: MOST })}</p>`}
    ${scans && html`<${Scanner} onFound=${scanned} onClose=${() => setScans(false)} />`}</${Frame}>`;
}

/** @param {any} what */
function Line({ ctx: { t, day }, one, row, onInstead }) {
  const [tone, mark] = LOOK[one.state] ?? ["calm", "more"];
  const told = [one.price === null ? "" : priceWords(one.price), one.case > 1 ? t("pad.in_case", { n: one.case }) : "",
    one.due_on ? t("stock.due", { n: one.due_quantity, day: day(one.due_on) }) : "",
    one.status === "sell_out" ? t("stock.sell_out") : one.status === "blocked" ? t("stock.blocked") : ""];
  const instead = one.substitute && html`<button type="button" class="button" onClick=${onInstead}>${t("stock.instead", {
    name: one.substitute_name ?? one.substitute, n: Math.max(0, one.substitute_available ?? 0) })}</button>`;
  return html`<${Row} title=${one.name} text=${[one.product, ...told].filter(Boolean).join(" · ")} more=${instead}
    end=${html`<span>${one.available === null ? "–" : amountWords(row, Math.max(0, one.available))}</span>
      <${Chip} tone=${tone} mark=${mark}>${t(`stock.word.${one.state}`)}</${Chip}>`} />`;
}
