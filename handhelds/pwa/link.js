// @ts-check
// The network, when there is one: plays the talks of device.js, and decides when.
//
// A sync begins when the line comes back, when the app is looked at, soon after a save, every few
// minutes, and when the rep asks. Tries that failed wait 1, 2, 4 ... 60 seconds, each shortened by
// chance so that two hundred handhelds behind one revived server do not knock together; a rep's own
// wish never waits. One tab talks at a time (turns.js); the others' work goes out with it or after.
//
// local.changed tells "sync" with what.sync: {state: "begun"}, {state: "going", bytes} after each
// answer, {state: "ended", ending}, in every tab.

import { TRIED_AGAIN, ending } from "./answers.js";
import { newId } from "./clock.js";
import * as device from "./device.js";
import { NotSaved } from "./stored/field.js";
import { sendPhotos } from "./photos.js";
import { alone } from "./turns.js";
import { Wire } from "./wire.js";

/** @typedef {import("./answers.js").Call} Call */
/** @typedef {import("./answers.js").Ending} Ending */
/** @typedef {import("./answers.js").Reply} Reply */
/** @typedef {import("./local.js").Local} Local */
/** @typedef {(call: Call) => Promise<Reply | null>} Send */

const LONGEST_WAIT_S = 60;
/** Without anything to send, news is asked for so often. */
const EVERY_MS = 5 * 60_000;
/** Looked at again so soon after a sync, the app does not ask anew. */
const FRESH_MS = 30_000;
/** Changes saved together go out together. */
const AFTER_SAVE_MS = 1_000;

/**
 * Carry a talk to its end.
 * @param {import("./answers.js").Talk} talk @param {Send} send @returns {Promise<Ending>}
 */
export async function play(talk, send) {
  try {
    let turn = await talk.next();
    while (!turn.done) turn = await talk.next(await send(turn.value));
    return turn.value;
  } catch (trouble) {
    // no room even for a verdict: the server will say it again
    if (trouble instanceof NotSaved) return ending("no_room", trouble.message);
    throw trouble;
  }
}

/**
 * Milliseconds before the next try after `count` failed ones: at least what the server asked for,
 * at most a minute, jittered over the upper half.
 * @param {number} count @param {number | null} askedS @param {() => number} chance
 */
export function waitBefore(count, askedS, chance = Math.random) {
  const longest = Math.min(LONGEST_WAIT_S, 2 ** (count - 1));
  return 1000 * Math.min(LONGEST_WAIT_S, Math.max(askedS ?? 0, longest * (0.5 + chance() / 2)));
}

export class Link {
  /**
   * @param {Local} local
   * @param {{server?: string, send?: Send, locks?: LockManager, model?: string}} [given]
   */
  constructor(local, { server = globalThis.location?.origin ?? "", send, locks, model } = {}) {
    this.local = local;
    this.wire = new Wire(server);
    this.locks = locks ?? globalThis.navigator?.locks;
    this.model = model ?? modelOf();
    this._send = send ?? ((call) => this.wire.send(call));
    /**
     * How the last sync ended, in this tab or another; null before the first.
     * @type {Ending | null}
     */
    this.ended = null;
    this.running = false;
    this._failed = 0;
    this._endedAt = 0;
    this._dueAt = Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    /** @type {Promise<Ending> | null} */
    this._going = null;
    this._again = false;
    this._hears = new AbortController();
  }

  /**
   * Enrol with a code of the office; then news is fetched at once.
   * @param {string} code
   * @returns {Promise<Ending>}
   */
  async enrol(code) {
    const { local } = this;
    const found = await alone(
      local,
      () => play(device.enrol(local, code, this.model, local.app), (call) => this._asked(call)),
      this.locks,
    );
    if (found.state === "done") this.soon(0);
    return found;
  }

  /**
   * Push and pull now, whatever failed before; how it ended. Asked for while one is under way it is
   * that one, and once more if something was saved too late for it.
   * @returns {Promise<Ending>}
   */
  async sync() {
    const under = this._going;
    const found = await (under ?? this._begin(null));
    if (under === null || TRIED_AGAIN.has(found.state)) return found;
    return (await this.local.queue()).pending ? this._begin(null) : found;
  }

  /** @param {string | null} why @returns {Promise<Ending>} */
  _begin(why) {
    this._going ??= this._turn(why).finally(() => (this._going = null));
    return this._going;
  }

  /**
   * Push, pull, and compare the whole copy with the server's rows now.
   * @returns {Promise<Ending>}
   */
  async compare() {
    await this._going?.catch(() => null);
    return this._begin("asked");
  }

  /** @param {string | null} why @returns {Promise<Ending>} */
  async _turn(why) {
    clearTimeout(this._timer);
    this._dueAt = Infinity;
    const asked = Date.now();
    /** @type {Ending} */
    let found = ending("later");
    try {
      found = await alone(this.local, () => this._talk(why, asked), this.locks);
      return found;
    } finally {
      this._plan(found);
    }
  }

  /** @param {string | null} why @param {number} asked when @returns {Promise<Ending>} */
  async _talk(why, asked) {
    const { local } = this;
    // Another tab has done it while we waited for our turn.
    if (this.ended && this._endedAt > asked && !why && !(await local.queue()).pending)
      return this.ended;
    await local.speak();
    this.running = true;
    local.tell("sync", { sync: { state: "begun" } });
    let found = ending("later");
    try {
      const talk = device.sync(local, local.clock, newId, why);
      found = await play(talk, (call) => this._asked(call));
      if (found.state === "done") await this._sendPhotos();
    } finally {
      this.running = false;
      this._heard(found);
      local.tell("sync", { sync: { state: "ended", ending: found } });
    }
    return found;
  }

  /** Photos go when all else is done; what hinders them is no trouble of the sync. */
  async _sendPhotos() {
    if (!(await this.local.photos.waiting()).length) return;
    await play(sendPhotos(this.local), (call) => this._asked(call));
    if ((await this.local.queue()).pending) this._again = true; // it went before them
  }

  /** @param {Call} call */
  async _asked(call) {
    const reply = await this._send(call);
    this.local.tell("sync", { sync: { state: "going", bytes: this.wire.receivedBytes } });
    return reply;
  }

  /** @param {Ending} found */
  _heard(found) {
    this.ended = found;
    this._endedAt = Date.now();
    this._failed = TRIED_AGAIN.has(found.state) ? this._failed + 1 : 0;
  }

  /** When the next one begins. @param {Ending} found */
  _plan(found) {
    if (this._hears.signal.aborted) return;
    const again = TRIED_AGAIN.has(found.state);
    if (this._again && !again) this.soon(AFTER_SAVE_MS);
    else this.soon(again ? waitBefore(this._failed, found.retry_after_s) : EVERY_MS);
    this._again = false;
  }

  /** Sync after so many milliseconds, or sooner if that is planned already. @param {number} ms */
  soon(ms) {
    const at = Date.now() + ms;
    if (at >= this._dueAt || this._hears.signal.aborted) return;
    clearTimeout(this._timer);
    this._dueAt = at;
    this._timer = setTimeout(() => void this._quietly(), ms);
  }

  async _quietly() {
    this._dueAt = Infinity;
    if ((await this.local.fact("enrolment")) === null) return;
    await this.sync().catch(console.error);
  }

  /** Begin to sync by itself. @returns {this} */
  listen() {
    const how = { signal: this._hears.signal };
    const { changed } = this.local;
    changed.addEventListener("queue", () => void this._saved(), how);
    changed.addEventListener("photos", () => void this._pictured(), how);
    changed.addEventListener(
      "sync",
      (event) => {
        const { elsewhere, what } = /** @type {import("./stored/field.js").Changed} */ (event);
        if (elsewhere && what.sync?.state === "ended" && what.sync.ending)
          this._heard(what.sync.ending);
      },
      how,
    );
    globalThis.addEventListener?.("online", () => this._wake(0), how);
    globalThis.addEventListener?.("pageshow", () => this._wake(FRESH_MS), how);
    globalThis.document?.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && this._wake(FRESH_MS),
      how,
    );
    this.soon(0);
    return this;
  }

  /** Something was saved, perhaps in another tab. */
  async _saved() {
    if (this._going) this._again = true;
    else if (!this._failed && (await this.local.queue()).pending) this.soon(AFTER_SAVE_MS);
  }

  /** A photo was kept, perhaps in another tab. */
  async _pictured() {
    if (!this._going && !this._failed && (await this.local.photos.waiting()).length) {
      this.soon(AFTER_SAVE_MS);
    }
  }

  /** There may be a line again. @param {number} freshMs a sync that ended so lately is enough */
  _wake(freshMs) {
    if (!this._failed && Date.now() - this._endedAt < freshMs) return;
    this._failed = 0;
    this.soon(0);
  }

  /** Let go of everything. */
  close() {
    this._hears.abort();
    clearTimeout(this._timer);
  }
}

/** What the office calls this machine. */
function modelOf() {
  const { userAgentData, userAgent = "" } = /** @type {any} */ (globalThis.navigator ?? {});
  const platform = userAgentData?.platform ?? /\(([^;)]+)/.exec(userAgent)?.[1] ?? "browser";
  const brand = userAgentData?.brands?.at(-1)?.brand;
  return [platform, brand].filter(Boolean).join(", ").slice(0, 80);
}

/** The link of this handheld, listening. @param {Local} local */
export function linkOf(local) {
  return new Link(local).listen();
}
