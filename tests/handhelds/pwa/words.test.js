// @ts-check
// Every sentence in both languages: the same keys with the same figures in them, none that the app
// asks for and nobody wrote, none that nobody asks for.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { doneWords } from "../../../handhelds/pwa/parts/said.js";
import { speak } from "../../../handhelds/pwa/speech.js";
import { words as firstEn } from "../../../handhelds/pwa/words/en.js";
import { words as moreEn } from "../../../handhelds/pwa/words/en_store.js";
import { words as firstZh } from "../../../handhelds/pwa/words/zh.js";
import { words as moreZh } from "../../../handhelds/pwa/words/zh_store.js";

const PWA = new URL("../../../handhelds/pwa/", import.meta.url);
const NOT_ASKING = /^(vendor|words|icons|styles|built)\//;

const en = /** @type {Record<string, any>} */ ({ ...firstEn, ...moreEn });
const zh = /** @type {Record<string, any>} */ ({ ...firstZh, ...moreZh });

const IMPORTED = /\b(?:from|import)\s*"(\.[^"]+)"/g;

/** Modules with all that they import, as one text a file. @param {string[]} names */
function withImported(names) {
  const found = new Map();
  const waiting = names.map((name) => new URL(name, PWA));
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (found.has(at.href) || at.href.includes("/vendor/")) continue;
    const text = readFileSync(at, "utf8");
    found.set(at.href, text);
    const here = at;
    waiting.push(...[...text.matchAll(IMPORTED)].map((one) => new URL(one[1], here)));
  }
  return [...found.values()];
}

/** Our code, as one text a file. */
function sources() {
  const names = /** @type {string[]} */ (readdirSync(PWA, { recursive: true }));
  return names.filter((name) => name.endsWith(".js") && !NOT_ASKING.test(name))
    .map((name) => readFileSync(new URL(name, PWA), "utf8"));
}

/** @param {any} sentence @returns {string[]} every text of a sentence */
const texts = (sentence) => typeof sentence === "string" ? [sentence] : Object.values(sentence);

/** @param {any} sentence names of the figures in it */
const figures = (sentence) =>
  [...new Set(texts(sentence).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

/**
 * Keys that code asks for: written out, or made of a beginning and something (`tab.${name}`).
 * @param {string[]} code @param {string[]} keys
 */
export function asked(code, keys) {
  const all = code.join("\n");
  const whole = new Set([...all.matchAll(/["']([a-z_]+(?:\.[a-z_0-9]+)*)["']/g)].map((one) => one[1]));
  const made = [...all.matchAll(/`([a-z_.]*)\$\{[^`]*?\}([a-z_.]*)`/g)]
    .filter((one) => /[a-z]\.$/.test(one[1]) || /^\.[a-z]/.test(one[2]))
    .map((one) => new RegExp(`^${one[1].replaceAll(".", "\\.")}[a-z_.0-9]+${one[2].replaceAll(".", "\\.")}$`));
  return new Set(keys.filter((key) => whole.has(key) || made.some((shape) => shape.test(key))));
}

/** Keys written out in a call of t(). @param {string[]} code */
export function wanted(code) {
  return [...new Set(code.flatMap((text) =>
    [...text.matchAll(/\bt\("([^"]+)"/g)].map((one) => one[1])))];
}

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(zh).filter((key) => !(key in en)), [], "only in zh");
  assert.deepEqual(Object.keys(en).filter((key) => !(key in zh)), [], "only in en");
});

test("the same figures stand in a sentence of both languages", () => {
  const found = Object.keys(en).filter((key) => key in zh &&
    JSON.stringify(figures(en[key])) !== JSON.stringify(figures(zh[key])));
  // A Chinese count needs no second form, and English says "1" where it counts one.
  assert.deepEqual(found, []);
});

test("no sentence is asked for that nobody wrote", () => {
  assert.deepEqual(wanted(sources()).filter((key) => !(key in en)), []);
});

test("the day and what stands before it say nothing that comes only after them", () => {
  const first = withImported(["app.js", "screens/day.js"]);
  assert.ok(first.length > 50);
  const begun = [...first.join("\n").matchAll(/`([a-z_.]+\.)\$\{/g)].map((one) => one[1]);
  const said = new Set(wanted(first));
  assert.deepEqual(Object.keys(moreEn).filter((key) =>
    said.has(key) || begun.some((start) => key.startsWith(start))), []);
});

test("no sentence is written that nobody asks for", () => {
  const found = asked(sources(), Object.keys(en));
  assert.deepEqual(Object.keys(en).filter((key) => !found.has(key)), []);
});

test("no sentence is empty, and each has a form for any number", () => {
  for (const [language, words] of Object.entries({ en, zh })) {
    for (const [key, sentence] of Object.entries(words)) {
      assert.ok(texts(sentence).every((text) => text.trim()), `${language} ${key}`);
      assert.ok(typeof sentence === "string" || sentence.other, `${language} ${key}`);
    }
  }
});

test("a sentence that is missing, and one that is idle, are noticed", () => {
  assert.deepEqual(wanted(['t("day.empty") + t("gone")']), ["day.empty", "gone"]);
  const keys = ["tab.day", "tab.more", "idle", "needs.title.text", "day.empty"];
  const code = ['t("day.empty")', "t(`tab.${name}`)", "const [x, y] = ['needs.title'], t(`${key}.text`)"];
  assert.deepEqual([...asked(code, keys)].sort(), ["day.empty", "needs.title.text", "tab.day", "tab.more"]);
});

test("what was done on a day names it as people say it, in both languages", async () => {
  const page = /** @type {any} */ (globalThis);
  page.document = { documentElement: {} };
  try {
    const line = { key: "change.plan_stop.save", values: { number: "", n: 0, day: "2026-11-26" } };
    await speak("en");
    assert.match(doneWords(line), /^Plan changed for Thu,? 26 Nov$/);
    await speak("zh");
    assert.match(doneWords(line), /^11月26日周四 的计划已修改$/);
  } finally {
    delete page.document;
  }
});
