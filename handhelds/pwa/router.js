// Which screen is shown: the part of the address behind "#", and the table of screens.
//
// A route is "#/store/ID/order". ROUTES maps its shape to the module of its screen, which is
// fetched when it is first wanted (from the handheld's own copy of the app, so offline too).
// A screen module exports `screen(ctx)`, a Preact component; what the shape calls ":store" is
// ctx.params.store.

import { computed, signal } from "./vendor/shell.js";

/** @typedef {{screen: (ctx: any) => any}} ScreenModule */
/** @typedef {{shape: string, load: () => Promise<ScreenModule>, tab: Tab | null}} Route */
/** @typedef {"day" | "stores" | "plan" | "numbers" | "more"} Tab */

/** @type {Route[]} `tab`: the place in the bar below that a screen belongs to; null: no bar. */
export const ROUTES = [
  { shape: "/day", load: () => import("./screens/day.js"), tab: "day" },
  { shape: "/stores", load: () => import("./screens/stores.js"), tab: "stores" },
  { shape: "/stores/new", load: () => import("./screens/store_form.js"), tab: null },
  { shape: "/store/:store", load: () => import("./screens/store.js"), tab: "stores" },
  { shape: "/store/:store/order", load: () => import("./screens/order.js"), tab: null },
  { shape: "/store/:store/back/:order", load: () => import("./screens/giving_back.js"), tab: null },
  { shape: "/store/:store/card", load: () => import("./screens/card.js"), tab: null },
  { shape: "/store/:store/edit", load: () => import("./screens/store_form.js"), tab: null },
  { shape: "/store/:store/card/amend", load: () => import("./screens/card_amend.js"), tab: null },
  { shape: "/store/:store/money", load: () => import("./screens/receivables.js"), tab: "stores" },
  { shape: "/receipt/:receipt", load: () => import("./screens/receipt.js"), tab: null },
  { shape: "/stock", load: () => import("./screens/stock.js"), tab: "more" },
  { shape: "/plan", load: () => import("./screens/plan.js"), tab: "plan" },
  { shape: "/numbers", load: () => import("./screens/numbers.js"), tab: "numbers" },
  { shape: "/more", load: () => import("./screens/more.js"), tab: "more" },
  { shape: "/sync", load: () => import("./screens/sync.js"), tab: "more" },
  { shape: "/needs", load: () => import("./screens/needs.js"), tab: "more" },
  { shape: "/drafts", load: () => import("./screens/drafts.js"), tab: "more" },
  { shape: "/settings", load: () => import("./screens/settings.js"), tab: "more" },
];

export const HOME = "/day";
/** So many screens are remembered behind the one shown. */
const MOST_BEHIND = 20;

const address = signal(pathOf(location.hash));

/** @param {string} hash */
function pathOf(hash) {
  const path = hash.replace(/^#/, "");
  return path.startsWith("/") ? path : HOME;
}

addEventListener("hashchange", () => {
  address.value = pathOf(location.hash);
});

/** The route shown now, and what its shape names. */
export const here = computed(() => find(address.value));

/**
 * @param {string} path
 * @returns {{path: string, route: Route, params: Record<string, string>}}
 */
export function find(path) {
  const [bare, query = ""] = path.split("?");
  const given = bare.split("/");
  for (const route of ROUTES) {
    const wanted = route.shape.split("/");
    if (wanted.length !== given.length) continue;
    if (!wanted.every((part, at) => part.startsWith(":") || part === given[at])) continue;
    /** @type {Record<string, string>} */
    const params = Object.fromEntries(new URLSearchParams(query));
    wanted.forEach((part, at) => {
      if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(given[at]);
    });
    return { path, route, params };
  }
  return path === HOME ? { path, route: ROUTES[0], params: {} } : find(HOME);
}

/**
 * Go to a screen. replace: the one shown now is not come back to.
 * @param {string} path
 * @param {{replace?: boolean}} [how]
 */
export function go(path, how = {}) {
  if (how.replace) {
    history.replaceState(history.state, "", `#${path}`);
    address.value = pathOf(location.hash);
    return;
  }
  history.replaceState({ ...history.state, y: scrollY }, "");
  const behind = [...(history.state?.behind ?? []), address.value].slice(-MOST_BEHIND);
  history.pushState({ deep: (history.state?.deep ?? 0) + 1, behind }, "", `#${path}`);
  address.value = pathOf(location.hash);
}

/**
 * Where the back button leads: the screen before, or `path` where there is none (a fresh start).
 * @param {string} path
 */
export function back(path = HOME) {
  if (history.state?.deep > 0) history.back();
  else go(path, { replace: true });
}

/**
 * Go back to a screen that is behind, and forget those in between: an order pad is not come back to
 * from its saved order. Where it is not behind, it takes the place of the one shown now.
 * @param {string} path
 */
export function backTo(path) {
  /** @type {string[]} */
  const behind = history.state?.behind ?? [];
  const at = behind.lastIndexOf(path);
  if (at >= 0) history.go(at - behind.length);
  else go(path, { replace: true });
}

addEventListener("popstate", () => {
  address.value = pathOf(location.hash);
});
