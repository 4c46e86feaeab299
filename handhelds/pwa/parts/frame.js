// What is around every screen: the head with its title and way back, the bar of places below, and
// the foot that holds a screen's main act within reach of a thumb.

import { html, useEffect, useLayoutEffect, useRef } from "../vendor/shell.js";
import { back, go, here } from "../router.js";
import { t } from "../speech.js";
import { Mark } from "./mark.js";
import { MarkButton } from "./button.js";
import { SyncChips } from "./syncing.js";

/** @type {[import("../router.js").Tab, string, string][]} */
const TABS = [
  ["day", "/day", "day"],
  ["stores", "/stores", "store"],
  ["plan", "/plan", "plan"],
  ["numbers", "/numbers", "numbers"],
  ["more", "/more", "more"],
];

/** A longer title is written smaller, so that two lines of it fit. */
const LONG = 20;

/**
 * One screen. `title` names it; `up` is where back leads when there is nothing to go back to (left
 * out: no way back); `foot` is the main act; `head` stands beside the title; `under` stays below it.
 * @param {{title: string, lead?: any, up?: string, foot?: any, head?: any, under?: any,
 *   children?: any, chips?: boolean, wide?: boolean}} what
 */
export function Frame({ title, lead, up, foot, head, under, children, chips = true, wide }) {
  const { route, path } = here.value;
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    document.title = `${title} – Talaria`;
  }, [title]);
  useLayoutEffect(() => {
    scrollTo(0, history.state?.y ?? 0);
    heading.current?.focus({ preventScroll: true });
  }, [path]);
  const bar = route.tab !== null && !foot;
  return html`<div class="screen ${bar ? "with-bar" : ""} ${foot ? "with-foot" : ""} ${wide ? "is-wide" : ""}">
    <header class="head"><div class="head-row">
      ${up !== undefined && html`<${MarkButton} mark="back" label=${t("back")} onClick=${() => back(up)} />`}
      <div class="head-title"><h1 tabindex="-1" ref=${heading}
        class=${title.length > LONG ? "long" : ""}>${title}</h1>${lead && html`<p>${lead}</p>`}</div>
      ${head}${chips && html`<${SyncChips} />`}
    </div>${under}</header>
    <main class="page">${children}</main>
    ${foot && html`<footer class="foot"><div class="foot-row">${foot}</div></footer>`}
    ${bar && html`<${Bar} tab=${route.tab} />`}
  </div>`;
}

/** @param {{tab: string | null}} what */
function Bar({ tab }) {
  return html`<nav class="bar" aria-label=${t("places")}><ul>${TABS.map(([name, path, mark]) => html`
    <li key=${name}><a href=${`#${path}`} aria-current=${name === tab ? "page" : undefined}
      onClick=${(/** @type {Event} */ event) => {
        event.preventDefault();
        go(path, { replace: true });
      }}><${Mark} name=${mark} /><span>${t(`tab.${name}`)}</span></a></li>`)}</ul></nav>`;
}
