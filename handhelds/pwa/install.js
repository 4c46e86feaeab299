// Staying on the handheld: the app on the home screen, and storage that the browser does not clear.
//
// Both are asked for with the reason, once there is something to lose. Browsers differ: some offer a
// prompt, iPhones only tell where to press; some grant lasting storage silently, some never.

import { signal } from "./vendor/shell.js";

/** The browser's offer to install, kept until the rep is asked; null: it made none. */
export const offer = signal(/** @type {any} */ (null));
export const installed = signal(isInstalled());
/** Whether storage is lasting; null: not known. */
export const lasting = signal(/** @type {boolean | null} */ (null));

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer.value = event;
});
addEventListener("appinstalled", () => {
  installed.value = true;
  offer.value = null;
});
navigator.storage?.persisted?.().then((found) => { lasting.value = found; });

function isInstalled() {
  return matchMedia("(display-mode: standalone)").matches ||
    /** @type {any} */ (navigator).standalone === true;
}

/** Phones of Apple: a page not on the home screen loses its storage after a week unused. */
export const isApple = /iP(hone|ad|od)/.test(navigator.userAgent) ||
  (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

export async function install() {
  const event = offer.value;
  if (!event) return;
  offer.value = null;
  event.prompt();
  await event.userChoice;
}

export async function makeLasting() {
  lasting.value = (await navigator.storage?.persist?.()) ?? false;
  return lasting.value;
}

/** Bytes used and free, as the browser estimates. */
export async function room() {
  const found = (await navigator.storage?.estimate?.()) ?? {};
  return { used: found.usage ?? 0, all: found.quota ?? 0 };
}
