// The rep's handheld in a browser: everything a rep does in a day works here with no network.
//
// How it hangs together, from the inside out; each name is also a file of handhelds/reference/:
//   local.js      what is kept on the handheld (IndexedDB), and the one transaction that saves a row
//                 and its place in the outbox together;
//   device.js     the protocol's side of the talk; link.js the network, when there is one;
//   verbs.js      what a rep does (visits, orders, cards, cash): they only ever touch local;
//   shown/        each screen as plain data, read from local;
//   screens/      each screen as Preact draws it, one file a screen; parts/ what they are made of;
//   router.js     which screen an address shows; ctx.js what a screen is handed;
//   speech.js     words, money and days in the rep's language; words/ the sentences;
//   sw.js         keeps the app itself on the handheld.
//
// No build step: browsers load these files as they are. Others' code is vendor/ (pwa-build/).

import { html, render, useErrorBoundary, useEffect, useLayoutEffect, useState } from "./vendor/shell.js";
import { contextOf, opened } from "./ctx.js";
import { gate } from "./gate.js";
import "./install.js"; // hears the browser's offer to install, which comes early
import { here, HOME } from "./router.js";
import { firstLanguage, speak } from "./speech.js";
import { Failed, Waiting } from "./parts/state.js";
import { Toasts } from "./parts/toast.js";
import { open, openRest } from "./opening.js";

/** Screens that were fetched: the next time one is drawn with the tap, not after asking for it.
 * @type {Map<object, any>} */
const fetched = new Map();

function App() {
  const { path, route, params } = here.value;
  const parts = opened.value;
  const [loaded, setLoaded] = useState(
    /** @type {{route: any, screen: any} | null} */ (null),
  );
  const [error, again] = useErrorBoundary(console.error);
  useLayoutEffect(() => {
    if (fetched.has(route)) return undefined;
    let wanted = true;
    Promise.all([route.load(), route.shape === HOME ? null : openRest()]).then(
      ([module]) => {
        fetched.set(route, module.screen);
        if (wanted) setLoaded({ route, screen: module.screen });
      },
      (fault) => wanted && setLoaded({ route, screen: () => html`<${Failed} error=${fault} />` }),
    );
    return () => { wanted = false; };
  }, [route]);
  useEffect(() => { if (error) again(); }, [path]);
  if (error) return html`<main class="page"><${Failed} error=${error} again=${again} /></main>`;
  const closed = gate.value;
  if (parts && closed) return html`<${Gate} name=${closed} parts=${parts} />`;
  const screen = fetched.get(route) ?? (loaded?.route === route ? loaded.screen : null);
  if (!parts || (!screen && !loaded)) return html`<main class="page"><${Waiting} rows=${6} /></main>`;
  if (!screen) return html`<main class="page" />`;
  return html`<${screen} key=${path.split("?")[0]} ...${contextOf(parts, params)} />`;
}

const GATES = {
  enrol: () => import("./screens/enrol.js"),
  first: () => import("./screens/first.js"),
  pin: () => import("./screens/pin.js"),
  revoked: () => import("./screens/revoked.js"),
  lease: () => import("./screens/lease.js"),
};

/** What stands before the screens. @param {{name: keyof typeof GATES, parts: any}} what */
function Gate({ name, parts }) {
  const [shown, setShown] = useState(/** @type {{name: string, screen: any} | null} */ (null));
  useEffect(() => {
    GATES[name]().then((module) => setShown({ name, screen: module.screen }));
  }, [name]);
  if (shown?.name !== name) return html`<main class="page" />`;
  return html`<${shown.screen} ...${contextOf(parts, {})} />`;
}

async function begin() {
  const opening = open(); // the disk is asked while the sentences come
  opening.catch(() => undefined); // told below
  await speak(firstLanguage());
  const place = /** @type {HTMLElement} */ (document.getElementById("app"));
  render(html`<${App} /><${Toasts} />`, place);
  await opening;
}

begin().catch(async (fault) => {
  console.error(fault);
  const place = /** @type {HTMLElement} */ (document.getElementById("app"));
  render(html`<main class="page"><${Failed} error=${fault} /></main>`, place);
});
