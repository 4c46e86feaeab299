// How a new version of the app comes in without losing a visit.
//
// The worker fetches it beside the one in use, and it waits. It takes over at a quiet moment: no
// tab of this handheld is on a screen where something is being written, and nobody touched this one
// for a while or it is out of sight. Whoever writes holds the lock "talaria-in-use", shared; who
// wants to change over asks for it alone, and gets it only when nobody holds it.

import { effect, signal } from "./vendor/shell.js";
import { here, HOME } from "./router.js";

const IN_USE = "talaria-in-use";
const QUIET_MS = 30_000;
const LOOK_MS = 60 * 60_000;
/** Screens on which nothing is under way. */
const CALM = ["/day", "/stores", "/plan", "/numbers", "/more", "/sync", "/settings", "/stock"];

/** A new version is here and waits for a quiet moment. */
export const updateWaits = signal(false);

/** @type {ServiceWorkerRegistration | undefined} */
let registration;
let touched = Date.now();
let changing = false;

/** Keep the app on this handheld, and look for new versions. */
export async function keepApp() {
  if (!("serviceWorker" in navigator)) return;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker of all changes nothing that is shown.
    if (controlled || changing) location.reload();
  });
  registration = await navigator.serviceWorker.register("sw.js", { updateViaCache: "none" });
  const look = () => {
    updateWaits.value = Boolean(registration?.waiting && navigator.serviceWorker.controller);
    if (updateWaits.value) changeOver();
  };
  registration.addEventListener("updatefound", () => {
    registration?.installing?.addEventListener("statechange", look);
  });
  holdWhileWriting();
  listen();
  look();
}

/** The lock is held as long as this tab shows a screen where something is written. */
function holdWhileWriting() {
  /** @type {(() => void) | null} */
  let release = null;
  effect(() => {
    const writing = !CALM.includes(here.value.route.shape);
    if (writing && !release) {
      const held = new Promise((resolve) => { release = () => resolve(undefined); });
      navigator.locks?.request(IN_USE, { mode: "shared" }, () => held);
    } else if (!writing) {
      release?.();
      release = null;
    }
  });
}

function listen() {
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, () => { touched = Date.now(); }, { passive: true });
  }
  setInterval(() => changeOver(), QUIET_MS / 2);
  setInterval(() => navigator.onLine && registration?.update().catch(() => {}), LOOK_MS);
  addEventListener("online", () => registration?.update().catch(() => {}));
  document.addEventListener("visibilitychange", () => changeOver());
}

/** Let the version that waits take over, if nothing is under way; `now`: the rep asked for it. */
export async function changeOver(now = false) {
  const waiting = registration?.waiting;
  if (!waiting || changing || !updateWaits.value) return;
  const still = document.hidden || Date.now() - touched > QUIET_MS;
  const first = performance.now() < 3_000 && here.value.path === HOME; // just opened
  if (!now && !still && !first) return;
  await navigator.locks.request(IN_USE, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    changing = true;
    waiting.postMessage("take over");
  });
}

/**
 * The build that is in use, as its worker says; before there is one, that of the server, which the
 * page came from. null when nobody answers in time.
 * @param {number} [ms] @returns {Promise<string | null>}
 */
export async function buildOf(ms = 2_000) {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return buildOfServer(ms);
  return new Promise((resolve) => {
    const line = new MessageChannel();
    line.port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage("which build", [line.port2]);
    setTimeout(resolve, ms, null);
  });
}

/** @param {number} ms @returns {Promise<string | null>} */
async function buildOfServer(ms) {
  try {
    const list = await fetch("precache.js", { signal: AbortSignal.timeout(ms) });
    return /BUILD = "(\w+)"/.exec(await list.text())?.[1] ?? null;
  } catch {
    return null;
  }
}
