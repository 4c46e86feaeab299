// @ts-check
// What the app's own worker keeps: a build is there whole or not at all, whatever the network does,
// and the one in use is never given up for another.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const CODE = readFileSync(new URL("../../../handhelds/pwa/sw.js", import.meta.url), "utf8");
const APP = "https://office.test/app/";

/** What is kept on a handheld: name of a cache -> address -> answer. */
class Caches {
  constructor() {
    /** @type {Map<string, Map<string, Response>>} */
    this.all = new Map();
    this.keys = async () => [...this.all.keys()];
    this.delete = async (/** @type {string} */ name) => this.all.delete(name);
  }

  /** @param {string} name */
  async open(name) {
    const kept = this.all.get(name) ?? new Map();
    this.all.set(name, kept);
    return {
      match: async (/** @type {string} */ address) => kept.get(address)?.clone(),
      put: async (/** @type {string} */ address, /** @type {Response} */ answer) => {
        kept.set(address, answer);
      },
    };
  }
}

/**
 * Install a build's worker; returns the names it fetched.
 * @param {Caches} caches @param {string} build @param {Record<string, string>} files name -> hash
 * @param {(name: string) => boolean} [comes] whether the network brings it
 */
async function install(caches, build, files, comes = () => true) {
  /** @type {Record<string, (event: any) => void>} */
  const heard = {};
  /** @type {string[]} */
  const fetched = [];
  const self = {
    BUILD: build, FILES: files, location: { href: `${APP}sw.js` },
    addEventListener: (/** @type {string} */ name, /** @type {any} */ then) => { heard[name] = then; },
  };
  const fetch = async (/** @type {string} */ address) => {
    const name = address.slice(APP.length);
    if (!comes(name)) throw new TypeError("Failed to fetch");
    fetched.push(name);
    return new Response(name, { headers: { ETag: `"${files[name]}-br"` } });
  };
  runInNewContext(CODE, { self, caches, fetch, importScripts: () => {}, URL, Response, JSON });
  /** @type {Promise<void> | undefined} */
  let filled;
  heard.install({ waitUntil: (/** @type {Promise<void>} */ one) => { filled = one; } });
  await filled;
  return fetched.sort();
}

const namesIn = (/** @type {Caches} */ caches, /** @type {string} */ cache) =>
  [...caches.all.get(cache)?.keys() ?? []].map((one) => one.slice(APP.length)).sort();

test("a new build takes over what is the same, and fetches only what is not", async () => {
  const caches = new Caches();
  assert.deepEqual(await install(caches, "b1", { "a.js": "1", "b.js": "1" }), ["a.js", "b.js"]);
  assert.deepEqual(await install(caches, "b2", { "a.js": "1", "b.js": "2" }), ["b.js"]);
  assert.deepEqual(namesIn(caches, "talaria-b2"), ["a.js", "b.js", "precache.json"]);
});

test("a build that comes in half is dropped whole, and the one in use stays", async () => {
  const caches = new Caches();
  await install(caches, "b1", { "a.js": "1", "b.js": "1" });
  await assert.rejects(install(caches, "b2", { "a.js": "2", "b.js": "2" }, (name) => name === "a.js"));
  assert.deepEqual([...caches.all.keys()], ["talaria-b1"]);
  assert.deepEqual(namesIn(caches, "talaria-b1"), ["a.js", "b.js", "precache.json"]);
});

test("the build in use, told of anew by another worker, is neither fetched again nor given up", async () => {
  const caches = new Caches();
  await install(caches, "b1", { "a.js": "1", "b.js": "1" });
  await install(caches, "b2", { "a.js": "2", "b.js": "2" });
  // The office went back to the version before, which this handheld still uses; the line is bad.
  assert.deepEqual(await install(caches, "b1", { "a.js": "1", "b.js": "1" }, () => false), []);
  assert.deepEqual(namesIn(caches, "talaria-b1"), ["a.js", "b.js", "precache.json"]);
});
