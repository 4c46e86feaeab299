// @ts-check
// The camera that reads a barcode: by the browser's own reader where it has one, else by the one in
// vendor/scanner.js, fetched only then (it is on the handheld already). Nothing leaves the handheld.

import { html, useEffect, useRef, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Button } from "./button.js";
import { Field } from "./field.js";
import { Sheet } from "./sheet.js";

/** Formats by the browser's names, and by the names of vendor/scanner.js. */
const FORMATS = {
  barcode: { native: ["ean_13", "ean_8", "upc_a", "upc_e", "itf", "code_128", "data_matrix"],
    own: ["EAN-13", "EAN-8", "UPC-A", "UPC-E", "ITF", "Code128", "DataMatrix"] },
  qr: { native: ["qr_code"], own: ["QRCode"] },
};
const LOOK_EVERY_MS = 120;
/** A picture wider than this is read no better, only later. */
const WIDTH_PX = 960;

/** @typedef {(video: HTMLVideoElement) => Promise<string[]>} Reader */

/** The reader this browser has. @param {keyof typeof FORMATS} what @returns {Promise<Reader>} */
async function readerOf(what) {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  if (Detector) {
    const known = await Detector.getSupportedFormats().catch(() => []);
    const formats = FORMATS[what].native.filter((one) => known.includes(one));
    if (formats.length) {
      const detector = new Detector({ formats });
      return async (video) => (await detector.detect(video)).map((/** @type {any} */ one) => one.rawValue);
    }
  }
  const { codesIn } = await import("../vendor/scanner.js");
  const canvas = document.createElement("canvas");
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDTH_PX / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!drawn || !canvas.width) return [];
    drawn.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = drawn.getImageData(0, 0, canvas.width, canvas.height);
    return (await codesIn(picture, FORMATS[what].own)).map((one) => one.text);
  };
}

/** Looks through the camera until something is read. Returns what ends it.
 * @param {HTMLVideoElement} video @param {keyof typeof FORMATS} what
 * @param {(text: string) => void} found @param {(why: string) => void} failed */
function watch(video, what, found, failed) {
  let goes_on = true;
  /** @type {MediaStream | null} */
  let stream = null;
  const stop = () => {
    goes_on = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
  };
  (async () => {
    if (!navigator.mediaDevices?.getUserMedia) return failed("scan.no_camera");
    const picture = { facingMode: "environment", width: { ideal: 1280 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: picture, audio: false });
    if (!goes_on) return stop();
    video.srcObject = stream;
    await video.play();
    const read = await readerOf(what);
    while (goes_on) {
      const [text] = await read(video).catch(() => []);
      if (text && goes_on) {
        stop();
        navigator.vibrate?.(40);
        return found(text);
      }
      await new Promise((then) => { setTimeout(then, LOOK_EVERY_MS); });
    }
    return undefined;
  })().catch((error) => {
    stop();
    failed(error?.name === "NotAllowedError" ? "scan.not_allowed" : "scan.no_camera");
  });
  return stop;
}

/**
 * @param {{ onFound: (text: string) => void, onClose: () => void, what?: "barcode" | "qr" }} asked
 */
export function Scanner({ onFound, onClose, what = "barcode" }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const [failed, setFailed] = useState("");
  const [typed, setTyped] = useState("");
  useEffect(() => (video.current ? watch(video.current, what, onFound, setFailed) : undefined), [what]);
  const take = () => typed.trim() && onFound(typed.trim());
  return html`<${Sheet} title=${t("scan.title")} onClose=${onClose}
      foot=${failed && html`<${Button} kind="primary" onClick=${take}>${t("scan.take")}</${Button}>`}>
    ${failed
      ? html`<p>${t(failed)}</p><${Field} label=${t("scan.type")} value=${typed} inputmode="numeric"
          autocomplete="off" onInput=${setTyped} />`
      : html`<div class="camera"><video ref=${video} muted playsinline></video><i aria-hidden="true" /></div>
          <p class="soft" role="status">${t("scan.hold")}</p>`}</${Sheet}>`;
}
