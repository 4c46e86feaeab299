// @ts-check
// What the tests of the browser's handheld begin with: a store in memory, a clock that the test
// moves, ids that count.

import "../../../handhelds/pwa-build/node_modules/fake-indexeddb/auto/index.mjs";

import { open } from "../../../handhelds/pwa/local.js";

/** A clock the test moves. */
export class Clock {
  constructor() {
    this.wallMs = Date.parse("2026-11-21T10:42:03Z");
    this.ticksMs = 8_000_000;
    this.bootId = "b-19";
  }

  now() {
    return this.wallMs;
  }

  monotonicMs() {
    return this.ticksMs;
  }

  boot() {
    return this.bootId;
  }
}

export function ids() {
  let count = 0;
  return () => `01990000-0000-7000-8000-${(++count).toString(16).padStart(12, "0")}`;
}

let opened = 0;

/** A store of its own. @param {Clock} [clock] */
export async function fresh(clock = new Clock()) {
  const name = `test-${++opened}`;
  return { name, clock, local: await open(name, { clock, app: "test" }) };
}
