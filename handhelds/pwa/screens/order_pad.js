// @ts-check
// The pad itself: sections before anything is searched, and what is found once it is.

import { html, useMemo, useRef, useState } from "../vendor/shell.js";
import { Age } from "../parts/age.js";
import { Button, MarkButton } from "../parts/button.js";
import { useFew } from "../parts/few.js";
import { Search } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { Scanner } from "../parts/scanner.js";
import { Sheet } from "../parts/sheet.js";
import { Banner, Empty } from "../parts/state.js";
import {
  acceptedAll, creditAfter, newDraft, put, quantityOf, sections, undone, unitsOf,
} from "../shown/order.js";
import { stockLine } from "../shown/stock.js";
import { OrderKeys, OrderLine } from "./order_line.js";

const MOST_FOUND = 20;
/** As many lines as a phone shows, and one more. */
const FEW = 7;

/** @param {any} what */
export function Filling({ ctx, read, draft, total, change, up, here, about, changed, was_kept, onRepeat }) {
  const { t, go } = ctx;
  const { catalogue, store } = read;
  const [words, setWords] = useState("");
  const [scans, setScans] = useState(false);
  const [choice, setChoice] = useState(/** @type {any[]} */ ([]));
  const [typing, setTyping] = useState(/** @type {string | null} */ (null));
  const found = useMemo(() => (words ? searched(catalogue, words) : null), [catalogue, words]);
  const shown = useMemo(() => sections(read.suggestions), [read]);
  const searching = (/** @type {string} */ text) => {
    setTyping(null); // one keyboard at a time
    setWords(text);
  };
  const scanned = (/** @type {string} */ text) => {
    setScans(false);
    const units = catalogue.scanned(text).filter((/** @type {any} */ one) => catalogue.product(one.product));
    const codes = new Set(units.map((/** @type {any} */ one) => one.product));
    if (!units.length) { setWords(text); return; }
    if (codes.size > 1) { setChoice(units); return; }
    take(units[0]);
  };
  const take = (/** @type {any} */ unit) => {
    setChoice([]);
    const row = catalogue.product(unit.product);
    const own = unitsOf(row).find((one) => one.uom === unit.uom) ?? unitsOf(row)[0];
    change((/** @type {any} */ now) => put(now, unit.product, quantityOf(now, unit.product) + own.each, own.uom));
    setWords(row.id);
  };
  const line = useLines({ ctx, read, draft, total, typing, setTyping, change });
  const lines = (/** @type {any[]} */ rows) => html`<ul class="pad-lines">${rows.map((one) =>
    line(catalogue.product(one.product) ?? one))}</ul>`;
  const others = draft.lines.filter((/** @type {any} */ one) => !read.by_product.has(one.product))
    .filter((/** @type {any} */ one) => catalogue.product(one.product));
  const parts = inTurn([["others", others], ["section.missing", shown.missing],
    ["section.suggested", shown.suggested], ["section.usual", shown.usual]]);
  const [few, end] = useFew(found ? found.length : others.length + read.suggestions.length, FEW, words);
  const typed = typing && catalogue.product(typing);
  const foot = typed
    ? html`<${OrderKeys} ctx=${ctx} product=${typed} quantity=${quantityOf(draft, typing)} onClose=${() => setTyping(null)}
        uom=${draft.lines.find((/** @type {any} */ one) => one.product === typing)?.uom ?? ""}
        onPut=${(/** @type {number} */ quantity, /** @type {string} */ uom) =>
          change((/** @type {any} */ now) => put(now, typed.id, quantity, uom))} />`
    : html`<${Sum} ctx=${ctx} read=${read} total=${total} /><${Button} kind="primary" mark="check"
        disabled=${!draft.lines.length} onClick=${() => go(`${here}${here.includes("?") ? "&" : "?"}step=review`)}>
        ${t("pad.review", { n: draft.lines.length })}</${Button}>`;
  const title = changed ? t("pad.changing", { number: changed.number }) : about.about ? t("order.supplement") : t("act.order");
  return html`<${Frame} title=${title} lead=${store.name} up=${up} foot=${foot}
      head=${draft.before.length > 0 && html`<${MarkButton} mark="undo" label=${t("undo")} onClick=${() => change(undone)} />`}
      under=${html`<${Search} label=${t("search.product")} value=${words} onInput=${searching}
        end=${html`<${MarkButton} mark="scan" label=${t("scan.title")} onClick=${() => setScans(true)} />`} />
        <p class="pad-age"><${Age} age=${read.stock_age} what=${t("act.stock")} /></p>`}>
    ${read.owed.blocked_reason && html`<${Banner} tone="stop" title=${t("store.is.blocked")}>${
      t("store.means.blocked", { reason: read.owed.blocked_reason })}</${Banner}>`}
    ${found
      ? html`${found.length ? html`<ul class="pad-lines" aria-label=${t("search.found")}>${found.slice(0, few).map(line)}</ul>${end}`
        : html`<${Empty} mark="search" title=${t("search.none.title")}>${t("search.none.text")}</${Empty}>`}`
      : html`${was_kept && draft.lines.length > 0 && html`<p class="soft small kept"><span>${
            draft.begun && draft.begun !== read.today ? t("drafts.since", { day: ctx.day(draft.begun) })
              : t("draft.kept", { n: draft.lines.length })}</span><${Button} kind="quiet" onClick=${() =>
            change((/** @type {any} */ now) => ({ ...newDraft(), before: [...now.before, now.lines] }))}>${t("draft.clear")}</${Button}></p>`}
        <div class="row-of quick">${read.last && html`<${Button} mark="sync" onClick=${onRepeat}>${t("orders.repeat")}</${Button}>`}
          ${shown.acceptable > 0 && html`<${Button} mark="checks" onClick=${() => change((/** @type {any} */ now) =>
            acceptedAll(now, read.suggestions))}>${t("pad.accept", { n: shown.acceptable })}</${Button}>`}</div>
        ${parts.map(({ name, rows, before }) => rows.length > 0 && before < few && html`
          <${Section} key=${name} title=${t(`pad.${name}`)} flush>${lines(rows.slice(0, few - before))}</${Section}>`)}${end}
        ${!read.suggestions.length && !others.length && html`<${Empty} mark="order" title=${t("pad.empty.title")}>${t("pad.empty.text")}</${Empty}>`}`}
    ${scans && html`<${Scanner} onFound=${scanned} onClose=${() => setScans(false)} />`}
    ${choice.length > 0 && html`<${Sheet} title=${t("scan.several")} onClose=${() => setChoice([])}><${List}>
      ${choice.map((unit) => html`<${Row} key=${unit.product + unit.uom} title=${catalogue.product(unit.product)?.name}
        text=${unit.product} onClick=${() => take(unit)} />`)}</${List}></${Sheet}>`}</${Frame}>`;
}

/** Parts of a list, each with how many rows are before it. @param {[string, any[]][]} parts */
function inTurn(parts) {
  let before = 0;
  return parts.map(([name, rows]) => {
    const one = { name, rows, before };
    before += rows.length;
    return one;
  });
}

/**
 * Makes a product's line. A key changes one line: the others are handed back as they were drawn, so
 * that Preact does not look at them again.
 * @param {any} what @returns {(row: any) => any}
 */
function useLines({ ctx, read, draft, total, typing, setTyping, change }) {
  const kept = useRef({ read: null, lines: /** @type {Map<string, { key: string, shown: any }>} */ (new Map()) });
  if (kept.current.read !== read) kept.current = { read, lines: new Map() };
  const { lines } = kept.current;
  return (row) => {
    const quantity = quantityOf(draft, row.id);
    const line = total.lines.find((/** @type {any} */ one) => one.product === row.id);
    const refused = total.refused.get(row.id);
    const isAt = typing === row.id;
    const key = JSON.stringify([quantity, isAt, line?.promotions, line?.warnings, refused?.message]);
    const there = lines.get(row.id);
    if (there?.key === key) return there.shown;
    const shown = html`<${OrderLine} key=${row.id} ctx=${ctx} product=${row} quantity=${quantity} line=${line}
      stock=${stockLine(read.catalogue, row, read.store.warehouse)} price=${read.pad.priceOf(row.id, quantity || 1)}
      suggestion=${read.by_product.get(row.id)} last=${read.bought.get(row.id)} refused=${refused} isAt=${isAt}
      onType=${() => setTyping(row.id)} onPut=${(/** @type {number} */ pieces, /** @type {string} */ uom) =>
        change((/** @type {any} */ now) => put(now, row.id, pieces, uom))} />`;
    lines.set(row.id, { key, shown });
    return shown;
  };
}

/** What is found by words, or by a barcode typed or read. @param {any} catalogue @param {string} words */
function searched(catalogue, words) {
  const printed = new Set(catalogue.scanned(words).map((/** @type {any} */ one) => one.product));
  return printed.size ? [...printed].map((code) => catalogue.product(code)) : catalogue.search(words, MOST_FOUND);
}

/** What it comes to so far, and what of the credit is left. @param {any} what */
export function Sum({ ctx: { t, money }, read, total }) {
  const { left_minor, over_minor } = creditAfter(read.owed, total.net_minor);
  return html`<p class="sum" aria-live="polite"><b>${money(total.net_minor)}</b><span class=${over_minor ? "wait small" : "soft small"}>${
    over_minor ? t("pad.over", { amount: money(over_minor) })
      : left_minor === null ? t("owed.no_limit") : t("pad.left", { amount: money(left_minor) })}</span></p>`;
}
