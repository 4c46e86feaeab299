// What every screen is handed: ctx. A screen module is
//
//   export function screen(ctx) { return html`<${Frame} title=${ctx.t(KEY)}> ... </${Frame}>`; }
//
// and keeps nothing of its own that must outlive it: what was typed goes to ctx.local.keepDraft,
// what was decided to a verb. It reads with useShown(ctx.local.changed, () => ..., [keys]).

import { signal } from "./vendor/shell.js";
import * as router from "./router.js";
import * as speech from "./speech.js";
import { say } from "./parts/toast.js";

/**
 * @typedef {object} Ctx
 * @property {import("./local.js").Local} local   what is kept on this handheld
 * @property {import("./link.js").Link} link   the network, when there is one (link.js)
 * @property {import("./verbs.js").Verbs} verbs    what a rep does: makes a change and its row, saves both
 * @property {import("./memory.js").Memory} memory  the catalogue; read() before a verb at the app's start
 * @property {Record<string, string>} params   what the route names: ctx.params.store
 * @property {typeof speech.t} t           a sentence of words/*.js
 * @property {typeof speech.money} money   minor units as money
 * @property {typeof speech.number} number
 * @property {typeof speech.day} day       "2026-11-22" as "Sun 22 Nov"
 * @property {typeof speech.time} time
 * @property {typeof speech.moment} moment
 * @property {typeof speech.ago} ago
 * @property {(path: string, how?: {replace?: boolean}) => void} go     ctx.go("/store/ID/order")
 * @property {(path?: string) => void} back      the screen before; `path` where there is none
 * @property {(path: string) => void} backTo     that screen, and not those in between
 * @property {typeof say} say              a word after an act: ctx.say(text, {undo})
 */

/** @typedef {Pick<Ctx, "local" | "link" | "verbs" | "memory">} Parts */

/** What the app opened at its start; screens are drawn when it is there. */
export const opened = signal(/** @type {Parts | null} */ (null));

/**
 * @param {Parts} parts
 * @param {Record<string, string>} params
 * @returns {Ctx}
 */
export function contextOf(parts, params) {
  const { t, money, number, day, time, moment, ago } = speech;
  const { go, back, backTo } = router;
  return { ...parts, params, t, money, number, day, time, moment, ago, go, back, backTo, say };
}
