// @ts-check
// Plays the session cases of sync/contract/sessions on the browser's handheld, its store in memory.
// What a step means is told in tests/handhelds/sessions.py, which plays them on the reference.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";

import { enrol, pull, push } from "../../../handhelds/pwa/device.js";
import { play } from "../../../handhelds/pwa/link.js";
import { PARTS, open, parts } from "../../../handhelds/pwa/local.js";
import { verify } from "../../../handhelds/pwa/verify.js";
import { fresh, ids } from "./double.js";

const FOLDER = new URL("../../../sync/contract/sessions/", import.meta.url);
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {string} name @returns {any} */
function read(name) {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
}

export const world = read("_world.json");

/** Every case of every file. @returns {any[]} */
export function cases() {
  const names = readdirSync(FOLDER).filter((name) => /^[^_].*\.json$/.test(name));
  return names.sort().flatMap((name) => read(name).cases);
}

/**
 * Where `found` is not at least `wanted`; null when it is.
 * @param {any} wanted
 * @param {any} found
 * @param {string} [at]
 * @returns {string | null}
 */
export function difference(wanted, found, at = "") {
  const differs = `${at}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return differs;
    for (const [n, one] of wanted.entries()) {
      const deeper = difference(one, found[n], `${at}[${n}]`);
      if (deeper) return deeper;
    }
    return null;
  }
  if (wanted !== null && typeof wanted === "object") {
    if (found === null || typeof found !== "object" || Array.isArray(found)) return differs;
    for (const [name, value] of Object.entries(wanted)) {
      if (!(name in found)) return `${at}.${name} is missing`;
      const deeper = difference(value, found[name], `${at}.${name}`);
      if (deeper) return deeper;
    }
    return null;
  }
  return wanted === found ? null : differs;
}

/** One handheld under one case. */
export class Player {
  /** @param {Awaited<ReturnType<typeof fresh>>} begun */
  constructor({ name, clock, local }) {
    this.name = name;
    this.clock = clock;
    this.local = local;
    this.newId = ids();
  }

  static async begin() {
    return new Player(await fresh());
  }

  /** Play every step; the error names the step that failed. @param {any} given */
  async play(given) {
    try {
      if (given.from === "stocked") {
        for (const [verb, like] of [
          ["enrol", "enrolment"],
          ["pull", "first_page"],
        ]) {
          const turns = [{ answer: { like, body: {} } }];
          await this.step({ [String(verb)]: { turns, ends: "done" } });
        }
      }
      for (const [number, step] of given.steps.entries()) {
        try {
          await this.step(step);
        } catch (wrong) {
          const said = wrong instanceof assert.AssertionError ? wrong.message : wrong;
          throw new Error(`${given.id}, step ${number + 1}: ${said}`, { cause: wrong });
        }
      }
    } finally {
      this.local.close();
    }
  }

  /** @param {any} step */
  async step(step) {
    const [[verb, value]] = /** @type {[[string, any]]} */ (Object.entries(step));
    const { local, clock, newId } = this;
    const steps = {
      make: () => this.make(value),
      undo: () => local.undo(value),
      reopen: () => this.reopen(),
      days: async () => void (clock.wallMs += value * DAY_MS),
      enrol: () => this.talk(enrol(local, value.code ?? "K7QX-2M4P", "test", "reference"), value),
      push: () =>
        this.talk(push(local, clock, newId, { askMark: value.even_empty ?? false }), value),
      pull: () => this.talk(pull(local, clock), value),
      verify: () => this.talk(verify(local, newId, value.why), value),
      expect: () => this.expect(value),
    };
    const act = /** @type {Record<string, () => Promise<unknown>>} */ (steps)[verb];
    assert(act, `no step is called ${verb}`);
    await act();
  }

  /** @param {any} change */
  async make(change) {
    const made = typeof change === "string" ? world.changes[change] : change;
    await this.local.save({ changes: [made] });
  }

  async reopen() {
    this.local.close();
    this.local = await open(this.name, { clock: this.clock, app: "test" });
  }

  /** @param {import("../../../handhelds/pwa/answers.js").Talk} talk @param {any} told */
  async talk(talk, told) {
    const turns = [...told.turns];
    const found = await play(talk, async (call) => {
      const turn = turns.shift();
      assert(turn !== undefined, `it asked once more: ${call.path} ${call.body}`);
      const wrong = difference(turn.asks ?? {}, asked(call), call.path);
      assert(wrong === null, String(wrong));
      return reply(turn.answer);
    });
    assert.equal(turns.length, 0, `it never asked for ${JSON.stringify(turns)}`);
    assert.equal(found.state, told.ends, `it ended ${JSON.stringify(found)}`);
  }

  /** @param {any} wanted */
  async expect(wanted) {
    const { absent = {}, ...rest } = wanted;
    for (const [kind, missing] of Object.entries(absent)) {
      const there = (await this.local.rows(kind)).map((row) => row.id);
      for (const id of missing) assert(!there.includes(id), `${kind} ${id} should not be there`);
    }
    const wrong = difference(rest, await this.state(wanted));
    assert(wrong === null, String(wrong));
  }

  /** What the handheld shows, of the kinds the case asks about. @param {any} wanted */
  async state(wanted) {
    const { local } = this;
    /** @type {Record<string, any>} */
    const rows = {};
    for (const kind of Object.keys(wanted.rows ?? {})) {
      const found = await local.rows(kind);
      rows[kind] = Object.fromEntries(found.map((row) => [row.id, named(kind, row)]));
    }
    const trail = (await local.trail()).reverse();
    return {
      rows,
      outbox: trail.filter((one) => one.outcome === null).map((one) => one.id),
      kept: trail.filter((one) => one.outcome !== null).map((one) => one.id),
      greyed: await local.copy.greyed(),
      notices: (await local.unread()).map((one) => ({
        change: one.id,
        outcome: one.outcome,
        says: one.verdict.conflicts.map((/** @type {any} */ conflict) => conflict.says),
      })),
      cursor: await local.copy.mark("cursor"),
    };
  }
}

/**
 * A row with its parts named, so that a case need not count columns.
 * @param {string} kind
 * @param {any} row
 */
function named(kind, row) {
  const found = { ...row };
  for (const name of Object.keys(PARTS)) {
    const [of, column = ""] = name.split(".");
    if (of === kind) found[column] = parts(kind, column, row[column]);
  }
  return found;
}

/** The body of a request; of a segment, which one and from which byte on; of receipts, from which
 * number on. @param {any} call */
function asked(call) {
  if (call.method !== "GET") return JSON.parse(call.body);
  const [, from] = call.path.split("/receipts?from_n=");
  if (from !== undefined) return { receipts_from: Number(from) };
  return { segment: call.path.split("/").at(-1), from: call.first };
}

/** A status of 200 unless told; `text` is an answer that is no JSON. @param {any} answer */
function reply(answer) {
  if (answer === null) return null;
  const status = answer.status ?? 200;
  if ("bytes" in answer) {
    const body = new Uint8Array(Buffer.from(answer.bytes, "base64"));
    return { status, body, first: answer.from ?? 0, is_cut: answer.cut ?? false };
  }
  return { status, body: "text" in answer ? answer.text : JSON.stringify(bodyOf(answer)) };
}

/**
 * The whole body of an answer: members of the named one it is like, its own in their place.
 * @param {any} answer
 */
function bodyOf(answer) {
  return { ...("like" in answer ? world.answers[answer.like] : {}), ...answer.body };
}
