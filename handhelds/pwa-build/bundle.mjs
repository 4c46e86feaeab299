// Makes our own browser modules into few files, for handhelds in use: node bundle.mjs APP_FOLDER
// TOKENS_FILE. In APP_FOLDER/built then lie
//   start.js, first.css   all that is there before today's list is
//   first.js              what of it others import
//   work.js               every other screen, verb, sync ...: fetched right after it
//   words/*.js            the sentences, a language each; early.js, index.html, styles/store.css
//   DOORS                 modules under the names they have unbuilt, for who measures or tests the
//                         app from outside: they hand out what the files above have, nothing more
//   contents.json         what is built, and the SHA-256 of each source it was built from
//
// The server serves these only while every source still has that hash; after an edit it serves the
// modules themselves. So nobody who works on the app ever looks at an old one.

import { rollup } from "@rollup/wasm-node";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const FIRST = ["app.js", "screens/day.js"];
const DOORS = ["ctx", "link", "local", "pin", "updates", "wire"];
const TARGET = ["chrome111", "firefox115", "safari16.4"];
const PRESSED = { minify: true, legalComments: "none", target: TARGET };

const [app, tokens] = process.argv.slice(2).map((name) => resolve(name));
if (!app || !tokens) {
  console.error("usage: node bundle.mjs APP_FOLDER TOKENS_FILE");
  process.exit(2);
}
const at = (name) => join(app, name);
const nameOf = (path) => (path === tokens ? "tokens.css" : relative(app, path).split(sep).join("/"));
/** @type {Set<string>} paths of all that was read */
const sources = new Set();

function read(path) {
  sources.add(path);
  return readFileSync(path, "utf8");
}

/** Modules that these import, and so on; not what they fetch later by import(). */
function reached(names, about) {
  const found = new Set();
  const waiting = [...names];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...about(id).importedIds);
  }
  return found;
}

/** Which file a module goes to. */
function placed() {
  let first = null;
  return (id, { getModuleInfo }) => {
    first ??= reached(FIRST.map(at), getModuleInfo);
    if (first.has(id)) return "first";
    const words = /^words\/(en|zh)(_\w+)?\.js$/.exec(nameOf(id));
    if (words?.[2] === "_told") return `words/${words[1]}_told`; // both are wanted, but seldom
    if (words) return words[2] ? `words/${words[1]}_store` : `words/${words[1]}`;
    return "work";
  };
}

/** @type {import("@rollup/wasm-node").Plugin} */
const plugin = {
  name: "app",
  resolveDynamicImport(asked, importer) {
    // Others' large parts stay files of their own.
    if (!/\/vendor\//.test(asked)) return null;
    return { id: resolve(dirname(importer), asked), external: true };
  },
  load: (id) => (id.startsWith(app) ? read(id) : null),
  renderChunk: async (code) => ({ code: (await transform(code, { ...PRESSED, format: "esm" })).code, map: null }),
};

async function modules() {
  const made = await rollup({
    input: { app: at("app.js"), ...Object.fromEntries(DOORS.map((name) => [name, at(`${name}.js`)])) },
    plugins: [plugin],
    preserveEntrySignatures: "strict",
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const { output } = await made.generate({
    format: "es",
    dir: app,
    manualChunks: placed(),
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    paths: (id) => (id.startsWith(at("vendor")) ? `./${nameOf(id)}` : id),
    hoistTransitiveImports: false,
  });
  const codes = Object.fromEntries(output.map((one) => [one.fileName, one.code]));
  const { code, exports } = output.find((one) => one.fileName === "first.js");
  return { ...codes, ...(await begun(code, exports)) };
}

/**
 * What the page begins with as a plain script: of such a one, and not of a module, a browser keeps
 * all its code ready when the worker puts it by. And the module by which the others get at it.
 */
async function begun(code, exports) {
  const { code: start } = await transform(code, { ...PRESSED, format: "iife", globalName: "talaria" });
  return { "start.js": start, "first.js": `export const{${exports.join(",")}}=globalThis.talaria;\n` };
}

const css = async (text) => (await transform(text, { ...PRESSED, loader: "css" })).code;
const STYLES = /^<link rel="stylesheet" href="([^"]+)">\n/gm;

/** The page with one sheet and one script in place of many. */
async function page() {
  const text = read(at("index.html"));
  const sheets = [...text.matchAll(STYLES)].map(([, name]) => (name === "tokens.css" ? tokens : at(name)));
  // The sheet before early.js, which looks into it for what is dark.
  const told = text.replace(STYLES, "")
    .replace('<script src="early.js">', '<link rel="stylesheet" href="first.css">\n$&')
    .replace('<script src="app.js" type="module">', '<script src="start.js" defer>');
  if (!/first\.css[^]*early\.js[^]*start\.js/.test(told)) throw new Error("index.html lacks early.js or app.js");
  return { "index.html": told, "first.css": await css(sheets.map(read).join("\n")) };
}

const files = {
  ...(await modules()),
  ...(await page()),
  "styles/store.css": await css(read(at("styles/store.css"))),
  "early.js": (await transform(read(at("early.js")), { ...PRESSED, format: undefined })).code,
};
delete files["app.js"]; // it is in start.js
const hashes = [...sources].sort().map((path) =>
  [nameOf(path), createHash("sha256").update(readFileSync(path)).digest("hex")]);
const contents = { files: Object.keys(files).sort(), sources: Object.fromEntries(hashes) };

// Made elsewhere, then put in its place: who reads finds the one or the other, or for a moment none.
const here = fileURLToPath(new URL("node_modules", import.meta.url));
const [next, past] = ["next", "past"].map((name) => join(here, `.app-${name}-${process.pid}`));
for (const [name, text] of Object.entries({ ...files, "contents.json": JSON.stringify(contents, null, 2) + "\n" })) {
  mkdirSync(dirname(join(next, name)), { recursive: true });
  writeFileSync(join(next, name), text);
}
if (existsSync(at("built"))) renameSync(at("built"), past);
renameSync(next, at("built"));
rmSync(past, { recursive: true, force: true });
