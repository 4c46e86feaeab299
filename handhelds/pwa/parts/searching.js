// @ts-check
// A sheet to find one product in: by words, by code, or by its barcode.

import { html, useMemo, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { MarkButton } from "./button.js";
import { Search } from "./field.js";
import { List, Row } from "./list.js";
import { Scanner } from "./scanner.js";
import { Sheet } from "./sheet.js";
import { Empty } from "./state.js";

const MOST = 30;

/**
 * @param {{ catalogue: import("../shown/catalogue.js").Catalogue, title: string,
 *   onClose: () => void, onChosen: (product: any) => void }} what
 */
export function Searching({ catalogue, title, onClose, onChosen }) {
  const [words, setWords] = useState("");
  const [scans, setScans] = useState(false);
  const found = useMemo(() => {
    const printed = catalogue.scanned(words).map((one) => catalogue.product(one.product));
    return printed.length ? printed : catalogue.search(words, MOST);
  }, [catalogue, words]);
  const scanned = (/** @type {string} */ text) => {
    setScans(false);
    const units = new Set(catalogue.scanned(text).map((one) => one.product));
    if (units.size === 1) onChosen(catalogue.product([...units][0]));
    else setWords(text);
  };
  return html`<${Sheet} title=${title} onClose=${onClose}>
    <${Search} label=${t("search.product")} value=${words} onInput=${setWords} autofocus
      end=${html`<${MarkButton} mark="scan" label=${t("scan.title")} onClick=${() => setScans(true)} />`} />
    ${found.length ? html`<${List} label=${t("search.found")}>${found.map((row) => html`
        <${Row} key=${row?.id} title=${row?.name} text=${row?.id} onClick=${() => onChosen(row)} />`)}</${List}>`
      : html`<${Empty} mark="search" title=${t("search.none.title")}>${t("search.none.text")}</${Empty}>`}
    ${scans && html`<${Scanner} onFound=${scanned} onClose=${() => setScans(false)} />`}</${Sheet}>`;
}
