// Words, money, days and numbers in the rep's language: t("day.empty"), money(1250), day("2026-11-22").
//
// The language is a signal: a component that calls any of these is drawn anew when it changes.
// Every sentence lives in words/en*.js and words/zh*.js under the same key. A sentence with a
// number is {one, other}, chosen by the value `n`. Those of the day come first; all others when they
// are asked for (speakWhole), before any screen but the day is drawn.

import { computed, signal } from "./vendor/shell.js";

/** @typedef {"en" | "zh"} Language */
/** @typedef {string | {one?: string, other: string}} Sentence */

export const language = signal(/** @type {Language} */ ("en"));
export const currency = signal("USD");
/** Whose days count: the zone of the company, as an IANA name; empty is the handheld's own. */
export const zone = signal("");

const LOCALE = { en: "en-GB", zh: "zh-CN" };
const spoken = signal(/** @type {Record<string, Sentence>} */ ({}));

const FIRST = { en: () => import("./words/en.js"), zh: () => import("./words/zh.js") };
const MORE = { en: () => import("./words/en_store.js"), zh: () => import("./words/zh_store.js") };
/** The language spoken, or about to be. */
let wanted = /** @type {Language} */ ("en");
/** @type {Promise<void> | null} */
let whole = null;
let turn = 0;

/** @param {Language} chosen */
export async function speak(chosen) {
  wanted = chosen;
  const mine = ++turn;
  const [first, more] = await Promise.all([FIRST[chosen](), whole ? MORE[chosen]() : null]);
  if (mine !== turn) return; // it was asked anew meanwhile
  spoken.value = { ...first.words, ...more?.words };
  language.value = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
}

/** From now on all sentences, not only the day's. */
export function speakWhole() {
  whole ??= Promise.resolve().then(() => speak(wanted)).catch((fault) => {
    whole = null;
    throw fault;
  });
  return whole;
}

/** The language to begin with: the one chosen before, or the browser's. @returns {Language} */
export function firstLanguage() {
  const chosen = localStorage.getItem("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  return (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
}

const forms = computed(() => {
  const locale = LOCALE[language.value];
  const digits = new Intl.NumberFormat(locale, { style: "currency", currency: currency.value })
    .resolvedOptions().maximumFractionDigits ?? 2;
  const own = zone.value ? { timeZone: zone.value } : {};
  return {
    locale,
    digits,
    plural: new Intl.PluralRules(locale),
    number: new Intl.NumberFormat(locale),
    money: new Intl.NumberFormat(locale, { style: "currency", currency: currency.value,
      currencyDisplay: "narrowSymbol" }),
    day: new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short",
      timeZone: "UTC" }),
    dayLong: new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long",
      timeZone: "UTC" }),
    time: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", ...own }),
    moment: new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit",
      minute: "2-digit", ...own }),
    iso: new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit",
      ...own }),
  };
});

/**
 * A sentence of words/*.js. Numbers among the values are written in the language's way.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const found = spoken.value[key];
  if (found === undefined) return key;
  const text = typeof found === "string" ? found
    : (Number(values.n) === 1 || forms.value.plural.select(Number(values.n)) === "one")
      ? found.one ?? found.other : found.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? forms.value.number.format(value) : value;
  });
}

/** @param {string} key */
export const has = (key) => spoken.value[key] !== undefined;

/** Minor units as money: 1250 -> "€12.50". @param {number} minor */
export const money = (minor) => forms.value.money.format(minor / 10 ** forms.value.digits);

/** @param {number} value */
export const number = (value) => forms.value.number.format(value);

/** A day "2026-11-22" -> "Sun 22 Nov". @param {string} iso */
export const day = (iso) => forms.value.day.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));

/** A day "2026-11-22" -> "Sunday 22 November". @param {string} iso */
export const dayLong = (iso) =>
  forms.value.dayLong.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));

/** The hour and minute of a moment. @param {string | number | Date} at */
export const time = (at) => forms.value.time.format(new Date(at));

/** Day, hour and minute of a moment. @param {string | number | Date} at */
export const moment = (at) => forms.value.moment.format(new Date(at));

/** Today, or the day of a moment, as "2026-11-22" in the company's zone. */
export const isoDay = (at = new Date()) => forms.value.iso.format(at);

/** A length of time in one unit, "3 h". @param {number} ms */
export function span(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return t("span.under");
  if (minutes < 60) return t("span.minutes", { n: minutes });
  if (minutes < 48 * 60) return t("span.hours", { n: Math.round(minutes / 60) });
  return t("span.days", { n: Math.round(minutes / 1440) });
}

/** How long ago a moment was, "3 h ago". @param {string | number | Date} at */
export function ago(at) {
  const past = Date.now() - new Date(at).getTime();
  return past < 60_000 ? t("span.now") : t("span.ago", { span: span(past) });
}
