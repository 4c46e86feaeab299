// Makes the third-party files that browsers load out of node_modules, after `npm ci` checked them
// against the lock file: node build.mjs OFFICE_FOLDER HANDHELD_FOLDER
//
// What the handheld gets: entries/*.js, each bundled to one module of the same name with the types
// of entries/*.d.ts beside it; the styles of its parts as .css; scanner.wasm; LICENSES.txt.
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
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const OFFICE = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
  "htmx.LICENSE.txt": "htmx.org/LICENSE",
};
const HANDHELD = { "scanner.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm" };
/** What is in node_modules for the set-up's own work, or not for the handheld. */
const OUTSIDE = ["@rollup/wasm-node", "esbuild", "htmx.org"];

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");
const entries = readdirSync(join(here, "entries")).filter((name) => name.endsWith(".js"));
const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const inside = [...Object.keys(dependencies), "@preact/signals-core"]
  .filter((name) => !OUTSIDE.includes(name))
  .sort();

/** Lists a folder's files with their hashes, in contents.json. */
function list(folder, from = {}) {
  const contents = {};
  for (const name of readdirSync(folder).sort()) {
    const sha256 = createHash("sha256").update(readFileSync(join(folder, name))).digest("hex");
    contents[name] = { ...(from[name] && { from: from[name] }), sha256 };
  }
  writeFileSync(join(folder, "contents.json"), JSON.stringify(contents, null, 2) + "\n");
}

function fill(folder, files) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(files)) {
    copyFileSync(join(modules, source), join(folder, name));
  }
}

/** The licences of all parts in one file, which travels with them. */
function licences() {
  return inside.map((name) => {
    const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
    const text = readFileSync(join(modules, name, "LICENSE"), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  }).join("\n" + "-".repeat(72) + "\n\n");
}

const [office, handheld] = process.argv.slice(2);
if (!office || !handheld) {
  console.error("usage: node build.mjs OFFICE_FOLDER HANDHELD_FOLDER");
  process.exit(2);
}
fill(office, OFFICE);
list(office, OFFICE);

fill(handheld, HANDHELD);
await build({
  entryPoints: entries.map((name) => join(here, "entries", name)),
  outdir: handheld,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome111", "firefox115", "safari16.4"],
  loader: { ".png": "dataurl" },
  legalComments: "none",
  logLevel: "warning",
});
for (const name of entries) {
  const types = join(here, "entries", name.replace(/js$/, "d.ts"));
  copyFileSync(types, join(handheld, basename(types)));
}
writeFileSync(join(handheld, "LICENSES.txt"), licences());
list(handheld, HANDHELD);
