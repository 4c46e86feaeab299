// Bringing a list into another order: dragged by its grip, or moved by its buttons, which also work
// from a keyboard and for a thumb on a bumpy road. Nothing is saved before "Done".

import { html, useRef, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Button, MarkButton } from "./button.js";
import { Frame } from "./frame.js";
import { Mark } from "./mark.js";

/**
 * @param {{title: string, rows: {id: string, title: string, text: string, fixed: string}[],
 *   onDone: (ids: string[]) => void, onClose: () => void}} what
 */
export function Ordering({ title, rows, onDone, onClose }) {
  const [ids, setIds] = useState(rows.map((one) => one.id));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const [held, setHeld] = useState("");
  const byId = new Map(rows.map((one) => [one.id, one]));
  const there = ids.filter((id) => byId.has(id));
  const move = (/** @type {string} */ id, /** @type {number} */ to) => {
    const left = there.filter((one) => one !== id);
    left.splice(Math.max(0, Math.min(to, left.length)), 0, id);
    setIds(left);
  };
  const drag = (/** @type {PointerEvent} */ event, /** @type {string} */ id) => {
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    setHeld(id);
  };
  const dragged = (/** @type {PointerEvent} */ event) => {
    if (!held || !list.current) return;
    const places = [...list.current.children].map((one) => one.getBoundingClientRect());
    const to = places.findIndex((one) => event.clientY < one.top + one.height / 2);
    const at = there.indexOf(held);
    const place = to === -1 ? places.length : to;
    if (place !== at && place !== at + 1) move(held, place > at ? place - 1 : place);
    if (event.clientY > innerHeight - 140) scrollBy(0, 8);
    if (event.clientY < 100) scrollBy(0, -8);
  };
  const foot = html`<${Button} onClick=${onClose}>${t("cancel")}</${Button}>
    <${Button} kind="primary" mark="check" onClick=${() => onDone(there)}>${t("done")}</${Button}>`;
  return html`<${Frame} title=${title} foot=${foot} chips=${false}>
    <p class="soft">${t("order.how")}</p>
    <ol class="sheet flush list" ref=${list}>${there.map((id, at) => {
      const row = /** @type {typeof rows[0]} */ (byId.get(id));
      return html`<li key=${id} class=${`row ordering ${held === id ? "held" : ""}`}>
        <span class="grip" aria-hidden="true" onPointerDown=${(/** @type {PointerEvent} */ event) => drag(event, id)}
          onPointerMove=${dragged} onPointerUp=${() => setHeld("")} onPointerCancel=${() => setHeld("")}
          ><${Mark} name="grip" /></span>
        <span class="row-words"><span class="row-title">${at + 1}. ${row.title}</span>
          <span class="row-text">${row.fixed || row.text}</span></span>
        <${MarkButton} mark="up" label=${t("order.up", { name: row.title })} disabled=${at === 0}
          onClick=${() => move(id, at - 1)} />
        <${MarkButton} mark="down" label=${t("order.down", { name: row.title })} disabled=${at === there.length - 1}
          onClick=${() => move(id, at + 1)} /></li>`;
    })}</ol></${Frame}>`;
}
