// @ts-check
// Share a slip by whatever the handheld has for it; copied where there is nothing.

import { t } from "../speech.js";

/** @param {string} title @param {string} text
 * @param {(text: string, more?: { tone?: "stop" | "done" }) => void} say */
export async function shareText(title, text, say) {
  try {
    if (navigator.share) await navigator.share({ title, text });
    else {
      await navigator.clipboard.writeText(text);
      say(t("share.copied"));
    }
  } catch (no) {
    if (/** @type {any} */ (no)?.name !== "AbortError") say(t("share.failed"), { tone: "stop" });
  }
}
