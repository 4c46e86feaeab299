// @ts-check
// A signature drawn with a finger, kept as the path of an SVG: small, and sharp on any paper.

import { html, useEffect, useRef, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Button } from "./button.js";
import { Sheet } from "./sheet.js";

const WIDTH = 320;
const HEIGHT = 160;
/** Points nearer than this add nothing that is seen. */
const STEP = 2;

/** A signature as it was drawn. @param {{ path: string }} what */
export function Signed({ path }) {
  return html`<svg class="signed" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t("sign.done")}>
    <path d=${path} /></svg>`;
}

/**
 * @param {{ onSigned: (path: string) => void, onClose: () => void, who: string }} what
 */
export function Signing({ onSigned, onClose, who }) {
  const sheet = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [path, setPath] = useState("");
  useEffect(() => {
    const own = sheet.current;
    if (!own) return undefined;
    let last = /** @type {[number, number] | null} */ (null);
    const place = (/** @type {PointerEvent} */ event) => {
      const box = own.getBoundingClientRect();
      const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
      const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
      return /** @type {[number, number]} */ ([x, y]);
    };
    const down = (/** @type {PointerEvent} */ event) => {
      event.preventDefault();
      own.setPointerCapture(event.pointerId);
      const at = place(event);
      last = at;
      setPath((old) => `${old}M${at[0]} ${at[1]}h.1`);
    };
    const move = (/** @type {PointerEvent} */ event) => {
      if (!last) return;
      const at = place(event);
      if (Math.hypot(at[0] - last[0], at[1] - last[1]) < STEP) return;
      last = at;
      setPath((old) => `${old}L${at[0]} ${at[1]}`);
    };
    const up = () => { last = null; };
    own.addEventListener("pointerdown", down);
    own.addEventListener("pointermove", move);
    own.addEventListener("pointerup", up);
    own.addEventListener("pointercancel", up);
    return () => {
      own.removeEventListener("pointerdown", down);
      own.removeEventListener("pointermove", move);
      own.removeEventListener("pointerup", up);
      own.removeEventListener("pointercancel", up);
    };
  }, []);
  return html`<${Sheet} title=${t("sign.title")} onClose=${onClose} foot=${html`
      <${Button} disabled=${!path} onClick=${() => setPath("")}>${t("sign.again")}</${Button}>
      <${Button} kind="primary" mark="check" disabled=${!path} onClick=${() => onSigned(path)}>${t("sign.take")}</${Button}>`}>
    <p class="soft">${who}</p>
    <svg class="signing" ref=${sheet} viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t("sign.here")}>
      <line x1="20" x2=${WIDTH - 20} y1=${HEIGHT - 30} y2=${HEIGHT - 30} /><path d=${path} /></svg></${Sheet}>`;
}
