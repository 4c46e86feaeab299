// @ts-check
// A signature drawn with a finger. While the order is written it is the path of an SVG, which is
// small; saved with the order it is a picture, which goes the way of photos (stored/photos.js).

import { html, useEffect, useRef, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Button, Chip } from "./button.js";
import { useShown } from "./live.js";
import { Sheet } from "./sheet.js";

const WIDTH = 320;
const HEIGHT = 160;
/** Points nearer than this add nothing that is seen. */
const STEP = 2;
/** The picture has so many points to each of the path: sharp on paper, and still some 5 kB. */
const SCALE = 2;
/** Ink on paper, whatever the screen looks like: the office has another one. */
const [PAPER, INK, INK_PX] = ["#fff", "#16202c", 2.5];

/** A path as a picture. It throws where this browser makes none. @param {string} path
 * @returns {Promise<Blob>} */
export async function drawn(path) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH * SCALE, HEIGHT * SCALE];
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.scale(SCALE, SCALE);
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  Object.assign(pen, { strokeStyle: INK, lineWidth: INK_PX, lineCap: "round", lineJoin: "round" });
  pen.stroke(new Path2D(path));
  return new Promise((then, fail) => {
    canvas.toBlob((made) => (made ? then(made) : fail(new Error("no picture"))), "image/png");
  });
}

/** The signature under an order that was saved here, and whether the office has it.
 * @param {{ ctx: import("../ctx.js").Ctx, order: string }} what */
export function SignedOrder({ ctx, order }) {
  const { photos, changed } = ctx.local;
  const { value } = useShown(changed, () => photos.signature(order), [order], ["photos"]);
  const [address, setAddress] = useState("");
  const picture = value?.picture ?? null;
  useEffect(() => {
    const made = picture ? URL.createObjectURL(picture) : "";
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  if (!value) return null;
  const waits = value.state === "waits";
  return html`<figure class="signed-order">
    ${address && html`<img class="signed" src=${address} alt=${t("sign.done")} />`}
    <figcaption class="small"><span class="soft">${t("sign.at", { at: ctx.moment(value.captured_at) })}</span>
      <${Chip} tone=${waits ? "go" : "done"} mark=${waits ? "clock" : "check"}>${
        t(waits ? "photos.waits" : "photos.sent")}</${Chip}></figcaption></figure>`;
}

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
