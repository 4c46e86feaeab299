// Copies the third-party files that browsers load out of node_modules, after `npm ci` checked them
// against the lock file: node build.mjs TARGET_FOLDER
//
// What the office console gets, and how its pages use it (htmx 4 differs from htmx 2):
//   htmx.min.js     <script src="/static/vendor/htmx.min.js" defer>
//   hx-sse.min.js   its own extension for server-sent events; registers itself as "sse", so load it
//                   after htmx and name nothing in hx-ext.
//     <div id="bus" hx-sse:connect="/office/events">  opens the stream by fetch (with Last-Event-ID
//         when it reconnects, after 0.5 s and then ever longer up to 60 s; paused in hidden tabs:
//         a page that must stay live behind another tab sets
//         hx-config="sse.pauseOnBackground:false").
//     A message with an `event:` name becomes a DOM event of that name on this element, its text in
//         detail.data, and bubbles: <tbody hx-get="..." hx-trigger="load, neworder from:#bus">.
//     A message without a name is swapped into the element as HTML. `sse-swap` is gone.
//     hx-sse:close="NAME" ends the stream when a message of that name comes.
//     On the way: htmx:sse:after:connection, htmx:sse:error, htmx:sse:close ("live" or "reconnecting").
//   Avoid hx-on:* and js: values: they need 'unsafe-eval', which our pages do not allow.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILES = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
  "htmx.LICENSE.txt": "htmx.org/LICENSE",
};

const target = process.argv[2];
if (!target) {
  console.error("usage: node build.mjs TARGET_FOLDER");
  process.exit(2);
}
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const list = {};
for (const [name, source] of Object.entries(FILES)) {
  const path = new URL(`node_modules/${source}`, import.meta.url);
  copyFileSync(path, join(target, name));
  list[name] = { from: source, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}
writeFileSync(join(target, "contents.json"), JSON.stringify(list, null, 2) + "\n");
