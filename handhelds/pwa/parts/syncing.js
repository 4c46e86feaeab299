// The two chips of every screen's head: what waits to be sent, and what needs the rep. They never
// ask for anything; pressed they lead to where it is told in full.

import { html } from "../vendor/shell.js";
import { go, here } from "../router.js";
import { number, span, t } from "../speech.js";
import { standing } from "../standing.js";
import { Chip } from "./button.js";

export function SyncChips() {
  const { pending, oldest, online, syncing, needs, enrolled } = standing.value;
  if (!enrolled) return null;
  const at = here.value.route.shape;
  const old_ms = oldest ? Date.now() - new Date(oldest).getTime() : 0;
  const old = span(old_ms);
  const word = pending
    ? t("sync.waiting", { n: pending, span: old })
    : syncing ? t("sync.syncing") : online ? t("sync.none") : t("sync.offline");
  const mark = pending ? "clock" : online ? (syncing ? "sync" : "checks") : "cloudOff";
  return html`<div class="chips">
    ${needs > 0 && at !== "/needs" && html`<${Chip} tone="wait" mark="hand"
      label=${t("needs.chip", { n: needs })} onClick=${() => go("/needs")}>${number(needs)}</${Chip}>`}
    ${at !== "/sync" && html`<${Chip} tone=${pending ? "go" : "calm"} mark=${mark} label=${word}
      onClick=${() => go("/sync")}>${pending ? [number(pending), old_ms > 60_000 && old].filter(Boolean).join(" · ") : ""}</${Chip}>`}
  </div>`;
}
