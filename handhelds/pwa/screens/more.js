// More: the places that are not needed every minute.

import { html } from "../vendor/shell.js";
import { Chip } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { List, Row } from "../parts/list.js";
import { number, t } from "../speech.js";
import { standing } from "../standing.js";

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const { pending, needs } = standing.value;
  /** @type {[string, string, string, any][]} */
  const places = [
    ["/needs", "hand", "needs.title", needs > 0 && html`<${Chip} tone="wait">${number(needs)}</${Chip}>`],
    ["/sync", "sync", "sync.title", pending > 0 && html`<${Chip} tone="go">${number(pending)}</${Chip}>`],
    ["/drafts", "note", "drafts.title", null],
    ["/stock", "box", "more.stock", null],
    ["/settings", "settings", "settings.title", null],
  ];
  return html`<${Frame} title=${t("tab.more")}><div class="sheet flush"><${List} label=${t("tab.more")}>${places.map(
    ([path, mark, key, end]) => html`<${Row} key=${path} mark=${mark} title=${t(key)} text=${t(`${key}.text`)}
      end=${end} onClick=${() => ctx.go(path)} />`)}</${List}></div></${Frame}>`;
}
