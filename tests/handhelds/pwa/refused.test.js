// @ts-check
// Whatever this handheld refuses can be said in the language chosen: it names a sentence.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const PWA = new URL("../../../handhelds/pwa/", import.meta.url);

/** Our code, a text a file. */
function sources() {
  const names = /** @type {string[]} */ (readdirSync(PWA, { recursive: true }));
  return names.filter((name) => name.endsWith(".js") && !/^(vendor|built)\//.test(name))
    .map((name) => readFileSync(new URL(name, PWA), "utf8"));
}

test("whatever this handheld refuses names a sentence of both languages", () => {
  const made = sources().flatMap((text) =>
    [...text.matchAll(/new (NotSaved|Refused)\(([^;]*)\);/g)].map((one) => one.slice(1)));
  const without = made.filter(([kind, told]) => kind === "NotSaved"
    ? !/"refused\.|, key, /.test(told ?? "") && !/new Taken/.test(told ?? "")
    : !/^\s*("refused\.|key|over|`)/.test(told ?? ""));
  assert.deepEqual(without, []);
  assert(made.filter(([kind]) => kind === "NotSaved").length >= 8);
});
