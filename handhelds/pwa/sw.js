// The service worker: keeps the app itself on the handheld, so that it opens with no network.
//
// What the app consists of is said by precache.js, which the server makes from the files' hashes:
// self.BUILD and self.FILES (name -> hash). A new build is fetched beside the one in use, only the
// files that changed, and waits. It takes over when the page says that nothing is under way
// (updates.js), or when every page was closed. Talk with the server is never touched here.

/* global self, caches, fetch, importScripts */
// @ts-nocheck -- a worker's world: other globals than those of pages

importScripts("precache.js");

const SHELL = `talaria-${self.BUILD}`;
const BASE = new URL("./", self.location.href);
const addressOf = (name) => new URL(name, BASE).href;

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
});

/** Copy what is the same from the build in use, fetch the rest; all of it or none. */
async function fill() {
  const shell = await caches.open(SHELL);
  // Here already, and maybe in use: the office went back to it, or only this file is another.
  if (await shell.match(addressOf("precache.json"))) return;
  const had = await before();
  const names = Object.keys(self.FILES);
  // A few at a time: a phone's line is narrow, and a hundred requests at once only time out.
  const one = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const hash = self.FILES[name];
      const kept = had.hashes[name] === hash ? await had.cache.match(addressOf(name)) : undefined;
      // Under its own address and no other (no "?v="): only so does a browser keep what it makes of
      // a script, its code, beside it, and need not read it anew at each start.
      const answer = kept ?? (await fetch(addressOf(name), { cache: "no-cache" }));
      const tag = answer.headers.get("ETag") ?? hash;
      if (!answer.ok || answer.redirected || !tag.includes(hash)) throw new Error(`${name}: ${answer.status} ${tag}`);
      await shell.put(addressOf(name), answer);
    }
  };
  try {
    await Promise.all([one(), one(), one(), one()]);
    const list = new Response(JSON.stringify(self.FILES));
    await shell.put(addressOf("precache.json"), list);
  } catch (fault) {
    await caches.delete(SHELL);
    throw fault;
  }
}

/** The newest whole build that is here already. */
async function before() {
  for (const name of (await caches.keys()).reverse()) {
    if (!name.startsWith("talaria-") || name === SHELL) continue;
    const cache = await caches.open(name);
    const list = await cache.match(addressOf("precache.json"));
    if (list) return { cache, hashes: await list.json() };
  }
  return { cache: null, hashes: {} };
}

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("talaria-") && name !== SHELL) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "which build") event.ports[0]?.postMessage(self.BUILD);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || !address.href.startsWith(BASE.href)) return;
  const name = address.pathname.slice(BASE.pathname.length);
  const page = request.mode === "navigate" && (name === "" || name === "index.html");
  if (!page && !(name in self.FILES)) return;
  event.respondWith(kept(page ? "index.html" : name, request));
});

let opened = null;

async function kept(name, request) {
  opened ??= caches.open(SHELL);
  return (await (await opened).match(addressOf(name))) ?? fetch(request);
}
