// @ts-check
// Which screen is come back to.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @type {{ state: any, hash: string }[]} */
let entries = [{ state: null, hash: "" }];
let at = 0;
/** @type {(() => void)[]} */
const popped = [];

/** A browser's history, as far as the router uses it. */
const history = {
  get state() { return entries[at].state; },
  replaceState: (/** @type {any} */ state, /** @type {string} */ _, url = entries[at].hash) => {
    entries[at] = { state, hash: url };
  },
  pushState: (/** @type {any} */ state, /** @type {string} */ _, /** @type {string} */ url) => {
    entries = [...entries.slice(0, at + 1), { state, hash: url }];
    at += 1;
  },
  go: (/** @type {number} */ by) => {
    at = Math.max(0, at + by);
    for (const one of popped) one();
  },
  back: () => history.go(-1),
};
Object.assign(globalThis, {
  history, scrollY: 0,
  location: { get hash() { return entries[at].hash; } },
  addEventListener: (/** @type {string} */ name, /** @type {() => void} */ act) => {
    if (name === "popstate") popped.push(act);
  },
});
const { back, backTo, go, here } = await import("../../../handhelds/pwa/router.js");

beforeEach(() => {
  [entries, at] = [[{ state: null, hash: "" }], 0];
  history.go(0);
});

test("from a saved order one comes to its store, and from there to the day, past the order pad", () => {
  go("/store/s-1");
  go("/store/s-1/order");
  go("/store/s-1/order?step=review");
  go("/store/s-1/order?saved=o-1", { replace: true });
  backTo("/store/s-1");
  assert.equal(here.value.path, "/store/s-1");
  back("/day");
  assert.equal(here.value.path, "/day");
  assert.equal(at, 0);
});

test("a screen that is not behind takes the place of the one shown", () => {
  go("/stores");
  go("/store/s-1/order?saved=o-1");
  backTo("/store/s-1");
  assert.equal(here.value.path, "/store/s-1");
  back();
  assert.equal(here.value.path, "/stores");
});

test("of many screens behind, the near ones are found", () => {
  for (let n = 0; n < 40; n++) go(`/store/s-${n}`);
  backTo("/store/s-37");
  assert.equal(here.value.path, "/store/s-37");
  assert.equal(at, 38);
  backTo("/day"); // too far behind to be remembered
  assert.equal(here.value.path, "/day");
  assert.equal(at, 38);
});
