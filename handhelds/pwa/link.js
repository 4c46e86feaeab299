// @ts-check
// The network, when there is one: plays the talks of device.js, and decides when.
//
// A sync begins when the line comes back, when the app is looked at, soon after a save, every few
// minutes, and when the rep asks. What was saved just now is left out of it as long as the rep is
// offered to undo it, unless the rep asks or the app goes out of sight. And as long as nobody knows
// that the line answers, no change gets its number, for what has one is not undone any more. Tries
// that failed wait 1, 2, 4 ... 60 seconds, each shortened by chance so that two hundred handhelds
// behind one revived server do not knock together; a rep's own wish never waits. One tab talks at a time (turns.js); the others' work goes out with it or after.
//
// local.changed tells "sync" with what.sync: {state: "begun"}, {state: "going", bytes} after each
// answer, {state: "ended", ending}, in every tab.

import { TRIED_AGAIN, ending, judge } from "./answers.js";
import { moment, newId } from "./clock.js";
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
/** Work younger than this is not put into a batch: its "Undo" (parts/toast.js) is still shown. */
export const FOR_UNDO_MS = 7_000;
/** Changes saved together go out together. */
const AFTER_SAVE_MS = FOR_UNDO_MS + 200;
/** After an ending of these nobody knows whether the next call will be answered. */
const IN_DOUBT = new Set(["cut", "later"]);

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
    /** Whether the newest call was answered by our server. */
    this._answers = false;
    /** Whether the sync under way takes along what was saved just now. */
    this._takesAll = false;
    this._hears = new AbortController();
    local.holdsBack = (one) => !this._answers || (!this._takesAll && this._isFresh(one));
  }

  /** Whether the rep may still be offered to undo it. Nothing stays fresh for a clock set back.
   * @param {{captured_at: string}} one */
  _isFresh({ captured_at }) {
    const age = this.local.clock.now() - moment(captured_at);
    return age >= 0 && age < FOR_UNDO_MS;
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
   * Push and pull all there is now, whatever failed before; how it ended. Asked for while one is
   * under way it is that one, and once more if something was saved too late for it.
   * @returns {Promise<Ending>}
   */
  async sync() {
    const under = this._going;
    const found = await (under ?? this._begin(null, true));
    if (under === null || TRIED_AGAIN.has(found.state)) return found;
    return (await this.local.queue()).pending ? this._begin(null, true) : found;
  }

  /**
   * @param {string | null} why @param {boolean} takesAll with what was saved just now
   * @returns {Promise<Ending>}
   */
  _begin(why, takesAll) {
    this._going ??= this._turn(why, takesAll).finally(() => (this._going = null));
    return this._going;
  }

  /**
   * Push, pull, and compare the whole copy with the server's rows now.
   * @returns {Promise<Ending>}
   */
  async compare() {
    await this._going?.catch(() => null);
    return this._begin("asked", true);
  }

  /** @param {string | null} why @param {boolean} takesAll @returns {Promise<Ending>} */
  async _turn(why, takesAll) {
    clearTimeout(this._timer);
    this._dueAt = Infinity;
    const asked = Date.now();
    /** @type {Ending} */
    let found = ending("later");
    try {
      found = await alone(this.local, () => this._talk(why, takesAll, asked), this.locks);
      return found;
    } finally {
      this._plan(found);
    }
  }

  /**
   * @param {string | null} why @param {boolean} takesAll @param {number} asked when
   * @returns {Promise<Ending>}
   */
  async _talk(why, takesAll, asked) {
    const { local } = this;
    // Another tab has done it while we waited for our turn.
    if (this.ended && this._endedAt > asked && !why && !(await local.queue()).pending)
      return this.ended;
    await local.speak();
    this.running = true;
    local.tell("sync", { sync: { state: "begun" } });
    let found = ending("later");
    try {
      this._takesAll = takesAll;
      if (globalThis.navigator?.onLine === false) this._answers = false;
      // In doubt a push without changes goes first; what was never sent is numbered after that.
      const asksFirst = !this._answers && (await local.unnumbered()).length > 0;
      const talk = device.sync(local, local.clock, newId, why, asksFirst);
      found = await play(talk, (call) => this._asked(call));
      const left = await local.unnumbered();
      if (left.some((one) => this._isFresh(one))) this._again = true; // they go when undo is over
      else if (found.state === "done") await this._sendPhotos();
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
    this._answers = !IN_DOUBT.has(judge(reply)?.state ?? "done");
    this.local.tell("sync", { sync: { state: "going", bytes: this.wire.receivedBytes } });
    return reply;
  }

  /** @param {Ending} found */
  _heard(found) {
    this.ended = found;
    this._endedAt = Date.now();
    if (IN_DOUBT.has(found.state)) this._answers = false;
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
    await this._begin(null, false).catch(console.error);
  }

  /** The app goes out of sight: nobody undoes now, and this may be the last that it does. */
  async _hurry() {
    if (!this._failed && (await this.local.queue()).pending) await this.sync();
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
      () => {
        if (document.visibilityState === "visible") this._wake(FRESH_MS);
        else void this._hurry().catch(console.error);
      },
      how,
    );
    globalThis.addEventListener?.("pagehide", () => void this._hurry().catch(console.error), how);
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
