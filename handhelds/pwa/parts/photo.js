// @ts-check
// A photo taken in a store: made small enough for a thin line, kept on the handheld like all of the
// rep's work, and sent by its own channel after everything else.

import { html, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Mark } from "./mark.js";
import { saidOf } from "./said.js";

/** The longer side of what is kept; a shelf can be read on it. */
const MOST_PX = 1600;
const QUALITY = 0.8;
const TYPE = "image/jpeg";

/** A picture made small. @param {Blob} picture @returns {Promise<Blob>} */
export async function smaller(picture) {
  const drawn = await createImageBitmap(picture, { imageOrientation: "from-image" });
  const scale = Math.min(1, MOST_PX / Math.max(drawn.width, drawn.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(drawn.width * scale));
  canvas.height = Math.max(1, Math.round(drawn.height * scale));
  canvas.getContext("2d")?.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  return new Promise((then, fail) => {
    const kept = (/** @type {Blob | null} */ made) =>
      made ? then(made) : fail(new Error(t("photo.unread")));
    canvas.toBlob(kept, TYPE, QUALITY);
  });
}

/**
 * Opens the handheld's own camera, and keeps what was taken.
 * @param {{ ctx: import("../ctx.js").Ctx, about: { store: string, visit: string | null } }} what
 */
export function PhotoButton({ ctx, about }) {
  const { photos } = ctx.local;
  const [busy, setBusy] = useState(false);
  if (!photos) return null;
  const taken = async (/** @type {any} */ event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    setBusy(true);
    try {
      const photo = await photos.keep({ ...about, media_type: TYPE }, await smaller(file));
      ctx.say(t("photo.kept"), { undo: () => photos.drop(photo.id).catch(
        (/** @type {unknown} */ no) => ctx.say(saidOf(no), { tone: "stop" })) });
    } catch (no) {
      const said = no instanceof DOMException ? t("photo.unread") : saidOf(no);
      ctx.say(said, { tone: "stop" });
    }
    setBusy(false);
  };
  return html`<label class="mark-button photo" title=${t("photo.take")} aria-busy=${busy}>
    <${Mark} name="camera" /><span class="unseen">${t("photo.take")}</span>
    <input type="file" class="unseen" accept="image/*" capture="environment" disabled=${busy} onChange=${taken} /></label>`;
}
