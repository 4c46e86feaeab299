// @ts-check
// What the server told, in the language that is chosen here.
//
// The server says everything in the language of the rep's account. Its rule, decision and figures
// lie beside each sentence (schemas/verdict.py), and its tables are here too (words/*_told.js): so
// the same can be said in another language. It is said anew only where the figures give exactly
// what was told; anything else (an older server's words, a figure that is not here) stays as it
// came.

import { minorDigits } from "./terms/price.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {Record<string, string>} Words */
/**
 * What one language says: a sentence by "message/decision"; of a change where nothing more is said,
 * by its outcome; of an answer; a button by its answer; and how figures look.
 * @typedef {object} Table
 * @property {Words} sentences
 * @property {Words} outcomes
 * @property {Words} answers
 * @property {Words} buttons
 * @property {string} unknown
 * @property {Words} absent
 * @property {Words} codes
 */
/** @typedef {(row: Row) => string} Told what a conflict or verdict says */

/** @type {Record<string, () => Promise<{ told: Table }>>} */
const TABLES = { en: () => import("./words/en_told.js"), zh: () => import("./words/zh_told.js") };

/** What time adds to an item's own sentence. */
const JOINED = ["escalated_supervisor", "escalated_admin", "expired"];
/** Places where the trade's own codes may stand, which a language has words for. */
const CODES = new Set(
  ["yours", "now", "kind", "uom", "state", "method", "field", "parent", "side", "mine", "theirs"]);
const WHOLE = /^-?(0|[1-9][0-9]{0,17})$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/;
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const DAYS = { en: "Sun Mon Tue Wed Thu Fri Sat".split(" "), zh: [..."日一二三四五六"] };
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
/** Letters that are written from right to left. */
const TURNS = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * How to say in a language what was told in any; tables are fetched when they are first wanted.
 * @param {string} language
 * @returns {Promise<{ conflict: Told, verdict: Told, button: (answer: Row) => string }>}
 */
export async function toldIn(language) {
  const names = Object.keys(TABLES);
  const read = await Promise.all(names.map((name) => TABLES[name]()));
  const tables = Object.fromEntries(names.map((name, n) => [name, read[n].told]));
  return saying(tables, language);
}

/** @param {Record<string, Table>} tables @param {string} language */
export function saying(tables, language) {
  const own = tables[language];
  const names = [language, ...Object.keys(tables).filter((name) => name !== language)];
  /** @type {Told} */
  const conflict = (row) => {
    const key = `${row.message}/${row.decision}`;
    const told = String(row.says ?? "");
    if (!(key in own.sentences)) return told;
    for (const figures of guesses(row)) {
      for (const name of names) {
        const first = filled(tables[name].sentences[key] ?? "\u0000", figures, name, tables[name]);
        if (!told.startsWith(first)) continue;
        const rest = joined(told.slice(first.length), tables[name], own);
        if (rest !== null) return filled(own.sentences[key], figures, language, own) + rest;
      }
    }
    return told;
  };
  /** @type {Told} */
  const verdict = ({ outcome, says }) => {
    for (const name of names) {
      if (tables[name].outcomes[outcome] === says) return own.outcomes[outcome];
      const answered = ofAnswer(says, tables[name], own);
      if (answered !== null) return answered;
    }
    return says;
  };
  const button = (/** @type {Row} */ { name, says }) =>
    names.some((one) => tables[one].buttons[name] === says) ? own.buttons[name] : says;
  return { conflict, verdict, button };
}

/** The figures as they may have been when it was told: they travel as texts, and a number that is a
 * name (of a receipt, of a product) was a text then too. @param {Row} row */
function guesses({ arguments: told, yours = null, now = null }) {
  const texts = { ...told, yours, now };
  const whole = Object.keys(texts).filter((name) => WHOLE.test(texts[name] ?? ""));
  const money = whole.filter((name) => name.endsWith("_minor"));
  const mine = whole.filter((name) => name === "yours" || name === "now");
  return [whole, [...money, ...mine], money]
    .map((numbers) => ({ texts, numbers: new Set(numbers) }));
}

/** @param {string} template @param {{ texts: Row, numbers: Set<string> }} figures
 * @param {string} language @param {Table} table */
function filled(template, { texts, numbers }, language, table) {
  return template.replace(/\{(\w+)\}/g, (_, name) => {
    const value = texts[name];
    if (value === undefined) return table.unknown;
    if (value === null) return table.absent[name] ?? table.unknown;
    if (numbers.has(name)) return counted(name, value, texts.currency ?? "");
    if (name === "wanted") {
      const parts = String(value).split("; ").map((one) => edited(one, language, table));
      return keptTogether(parts.join("; "));
    }
    const inWords = CODES.has(name) ? table.codes[value] ?? value : value;
    return dated(value, language) ?? keptTogether(inWords);
  });
}

/** One of what was edited, such as "day: 2026-11-24"; anything else stays as it is.
 * @param {string} one @param {string} language @param {Table} table */
function edited(one, language, table) {
  const at = one.indexOf(": ");
  if (at < 0) return one;
  const [name, value] = [one.slice(0, at), one.slice(at + 2)];
  const told = dated(value, language) ?? ((table.codes[value] ?? value) || table.absent.mine);
  return `${table.codes[name] ?? name}: ${told}`;
}

/** @param {string} name @param {string} value @param {string} currency */
function counted(name, value, currency) {
  if (!name.endsWith("_minor")) return BigInt(value).toLocaleString("en-US");
  const digits = minorDigits(currency);
  const bare = value.replace("-", "").padStart(digits + 1, "0");
  const whole = BigInt(bare.slice(0, bare.length - digits)).toLocaleString("en-US");
  const rest = digits ? `.${bare.slice(-digits)}` : "";
  return `${value.startsWith("-") ? "-" : ""}${whole}${rest} ${currency}`.trimEnd();
}

/** A time or a day as the language has it, as it stands in the text; null: it is neither.
 * @param {string} value @param {string} language */
function dated(value, language) {
  const [, year, month, day, hour] = TIME.exec(value) ?? DAY.exec(value) ?? [];
  const at = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(day)) return null;
  const [m, d] = [Number(month), Number(day)];
  if (language === "zh") {
    const week = DAYS.zh[at.getUTCDay()];
    return hour ? `${m}月${d}日 ${hour}` : `${Number(year)}年${m}月${d}日（周${week}）`;
  }
  return hour ? `${d} ${MONTHS[m - 1]} ${hour}`
    : `${DAYS.en[at.getUTCDay()]} ${d} ${MONTHS[m - 1]} ${Number(year)}`;
}

/** A text that turns the reading direction, isolated. @param {string} text */
const keptTogether = (text) => (TURNS.test(text) ? `\u2068${text}\u2069` : text);

/** What time added in one language, in another; null when it is something else.
 * @param {string} rest @param {Table} of @param {Table} own */
function joined(rest, of, own) {
  let said = "";
  for (let left = rest; left;) {
    const key = JOINED.find((one) => left.startsWith(` ${of.answers[one]}`));
    if (key === undefined) return null;
    said += ` ${own.answers[key]}`;
    left = left.slice(of.answers[key].length + 1);
  }
  return said;
}

/** What became of an answer: its words found in the sentence, and said anew. null: it is none.
 * @param {string} says @param {Table} of @param {Table} own */
function ofAnswer(says, of, own) {
  for (const [key, template] of Object.entries(of.answers)) {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map((one) => one[1]);
    const plain = template.split(/\{\w+\}/)
      .map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const found = new RegExp(`^${plain.join("(.+)")}$`).exec(says);
    if (!found) continue;
    const texts = Object.fromEntries(names.map((name, n) => [name, anew(found[n + 1], of, own)]));
    return own.answers[key].replace(/\{(\w+)\}/g, (_, name) => texts[name] ?? own.unknown);
  }
  return null;
}

/** A button's word or a code, in the other language. @param {string} word @param {Table} of
 * @param {Table} own */
function anew(word, of, own) {
  const button = Object.keys(of.buttons).find((name) => of.buttons[name] === word);
  if (button !== undefined) return own.buttons[button] ?? word;
  const code = Object.keys(of.codes).find((name) => of.codes[name] === word) ?? word;
  return own.codes[code] ?? code;
}
