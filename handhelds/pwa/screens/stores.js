// @ts-check
// Every store on this handheld, found by any word of its name, place or code.

import { html, useMemo, useState } from "../vendor/shell.js";
import { Chip, MarkButton } from "../parts/button.js";
import { Search } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { List, Row } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { wordOr } from "../parts/said.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { settingOf } from "../shown/reading.js";

const MOST = 60;

/** @param {import("../ctx.js").Ctx} ctx */
export function screen({ local, go, t }) {
  const [words, setWords] = useState("");
  const { value, error, again } = useShown(local.changed, () => settingOf(local), [], ["rows"]);
  const found = useMemo(() => value?.catalogue.searchStores(words, MOST + 1) ?? [], [value, words]);
  const search = html`<${Search} label=${t("stores.search")} value=${words} onInput=${setWords} />`;
  const make = () => go(`/stores/new${words ? `?name=${encodeURIComponent(words)}` : ""}`);
  return html`<${Frame} title=${t("tab.stores")} under=${search}
      head=${html`<${MarkButton} mark="plus" label=${t("form.new")} onClick=${make} />`}>
    ${error && html`<${Failed} error=${error} again=${again} />`}
    ${!value && !error && html`<${Waiting} rows=${8} />`}
    ${value && !found.length && (words
      ? html`<${Empty} mark="search" title=${t("stores.none.title")} act=${t("form.new")}
          onAct=${make}>${t("stores.none.text")}</${Empty}>`
      : html`<${Empty} mark="store" title=${t("stores.empty.title")}>${t("stores.empty.text")}</${Empty}>`)}
    ${found.length > 0 && html`<div class="sheet flush"><${List} label=${t("tab.stores")}>
      ${found.slice(0, MOST).map((row) => html`<${Row} key=${row.id} mark="store" title=${row.name}
        text=${[row.code, row.address, row.city].filter(Boolean).join(" · ")}
        end=${row.status !== "active" && html`<${Chip} tone=${row.status === "pending" ? "wait" : "stop"}
          >${wordOr(`store.status.${row.status}`, String(row.status))}</${Chip}>`}
        onClick=${() => go(`/store/${row.id}`)} />`)}</${List}></div>`}
    ${found.length > MOST && html`<p class="soft small">${t("stores.more", { n: MOST })}</p>`}
  </${Frame}>`;
}
