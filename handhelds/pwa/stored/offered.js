// @ts-check
// The outbox as the protocol sees it: who we are, what goes out, what its answers change, and what
// is offered again to a server that lost time.
//
// A server put back from a backup, or a standby promoted in its place, has forgotten its last
// hours. It shows in four ways: another epoch, a cursor it does not know, a lower mark than it told
// before (in a push or a pull), or that it does not know this handheld at all. After any of them
// everything above its mark goes out again; its receipts see to it that nothing is taken twice.
// What was answered is kept for 90 days.
//
// What the mark counts is not sure either. A copy of this handheld, which goes by the same name, may
// have offered first what was lost, and gone on from there with its own work; or a late copy of a
// push came to the restored server and was decided anew, with nobody there to hear it. So before
// anything else goes out, the server's receipts are compared with the answers kept here
// (receipts.js): what it decided otherwise is the answer now, what it does not have goes out again,
// and where a number stands for another change now, all that is kept goes out under a new name.

import { instant, moment, offsetMs, randomHex } from "../clock.js";
import { NotSaved, countUp, putFacts, sealedValues, store } from "./field.js";
import { answeredFrom, compared, settle } from "./receipts.js";
import { opened, sealValue } from "./seal.js";
import { dropOld, offerAgain, takeVerdicts, waitingAgain } from "./verdicts.js";
import { Working, openedRaw } from "./work.js";

/** @typedef {import("../answers.js").EnrolAnswer} EnrolAnswer */
/** @typedef {import("../answers.js").PushAnswer} PushAnswer */
/** @typedef {import("../device.js").Identity} Identity */
/** @typedef {import("../device.js").Outgoing} Outgoing */
/** @typedef {import("./work.js").Kept} Kept */

const encoder = new TextEncoder();

/** Enrolled as a new install, it is no copy of another any more. */
const SET_BACK = { set_back: true, install: null };

export class Offered extends Working {
  /** The boot this page talked with last. */
  _spoke = "";

  /** Whether a change that was never put into a batch is to wait, and all after it; link.js says.
   * @type {(one: {captured_at: string}) => boolean} */
  holdsBack = () => false;

  // --- who we are ---------------------------------------------------------------------------

  /** This handheld's own random id, made once. @returns {Promise<string>} */
  async install() {
    const kept = await this.fact("install");
    if (kept !== null) return kept;
    const made = `i-${randomHex(10)}`;
    await this.keepFact("install", made);
    return made;
  }

  /** @returns {Promise<Identity | null>} */
  async identity() {
    const kept = await this.fact("enrolment");
    if (kept === null) return null;
    const { device, install, secret } = kept;
    return { device, install, secret, epoch: await this.fact("epoch") };
  }

  /**
   * Remember who we are; returns why not, if it cannot be.
   *
   * Another device than before counts its changes from 1 again, so what is still unsent gets new
   * numbers; its ids stay, and no change is ever doubled. If it is another device in spite of the
   * same install, or the epoch is not the one of the name we had, then the server lost what it had
   * of us: all that is kept goes out again. What waits at the server under the name we had comes
   * with us: it is sent again, to be decided there. Another rep starts from nothing, and not before
   * the last one's work was sent: it would go out under the wrong name.
   * @param {EnrolAnswer} answer @returns {Promise<NotSaved | null>}
   */
  async keepIdentity(answer) {
    const [before, install] = [await this.fact("enrolment"), await this.install()];
    const otherRep = before !== null && before.rep.code !== answer.rep.code;
    const other = before !== null && before.device !== answer.device;
    if (otherRep && (await this._waiting()).length) {
      const { name } = before.rep;
      const why = `unsent work of ${name} is here: send it first`;
      return new NotSaved(why, null, "refused.other_rep", { name });
    }
    // Before the name changes: nobody sees the other's stores.
    if (otherRep) await this.forgetCopy();
    // Under a name that another one used too, its mark was no measure of ours.
    const epochs = new Set([answer.epoch, before?.epoch, await this.fact("offered_in")]);
    const unsure = (await this.unsureFrom()) !== null;
    const lost = other && (before.install === install || epochs.size > 1 || unsure);
    /** @type {Record<string, unknown>} */
    const facts = {
      set_back: null,
      wiped: null,
      enrolment: { ...answer, install },
      epoch: answer.epoch,
    };
    if (other) Object.assign(facts, { acknowledged_through: 0, unsure: null });
    if (other || before === null) facts.offered_in = answer.epoch;
    const sealed = await sealedValues({ ...facts, ...this.timeOf(answer.server_time) });
    await this.writing(["fact", "change", "counter", "draft", "seen"], async (tx) => {
      if (otherRep) {
        for (const name of ["change", "draft", "seen"]) await store(tx, name).clear();
      }
      if (other) {
        /** @type {Kept[]} */
        const every = await store(tx, "change").getAll();
        for (const one of every) {
          const { n: _, ...rest } = lost || one.outcome === "waiting" ? waitingAgain(one) : one;
          await store(tx, "change").put(rest);
        }
        for (const name of ["change", "order", "receipt", "store"]) {
          await store(tx, "counter").delete(name);
        }
      }
      await putFacts(tx, sealed);
    });
    if (other && !otherRep) await this.forgetCursor();
    this.tell("fact");
    this.tell("queue");
    return null;
  }

  /**
   * Before this page talks: if another page has since this one did, this one's counter begins anew,
   * for two boots that take turns are two machines to the server. Inside the right to talk.
   */
  async speak() {
    const last = await this.fact("spoke");
    if (this._spoke && last !== this._spoke && last !== null) this.clock.beginAnew?.();
    this._spoke = this.clock.boot();
    if (last !== this._spoke) await this.keepFacts({ spoke: this._spoke });
  }

  /** Let go of the copy, and of where it stood; local.js knows how. @returns {Promise<void>} */
  async forgetCopy() {
    throw new Error("there is no copy here");
  }

  /** @returns {Promise<void>} */
  async forgetCursor() {
    throw new Error("there is no copy here");
  }

  // --- out ----------------------------------------------------------------------------------

  /**
   * The oldest waiting changes with n above `afterN`, in order; those without n get one, up to the
   * first that is held back. A change whose bytes are damaged is left out and shown by `trail`.
   * @param {number} atMost @param {number} atMostBytes @param {number} afterN
   * @returns {Promise<Outgoing[]>}
   */
  async batch(atMost, atMostBytes, afterN) {
    const waiting = (await this._waiting())
      .filter((one) => one.n === undefined || one.n > afterN)
      .sort((one, other) => (one.n ?? Infinity) - (other.n ?? Infinity) || one.seq - other.seq);
    /** @type {{one: Kept, raw: string}[]} */
    const chosen = [];
    let size = 0;
    for (const one of waiting) {
      if ((await openedRaw(one)) === null) continue;
      if (one.n === undefined && this.holdsBack(one)) break;
      const raw = await opened(one.raw);
      size += encoder.encode(raw).length;
      if (chosen.length === atMost || (chosen.length && size > atMostBytes)) break;
      chosen.push({ one, raw });
    }
    if (chosen.every(({ one }) => one.n !== undefined)) {
      return chosen.map(({ one, raw }) => ({ n: /** @type {number} */ (one.n), id: one.id, raw }));
    }
    const numbered = await this.writing(["change", "counter"], async (tx) => {
      /** @type {Outgoing[]} */
      const out = [];
      for (const { one, raw } of chosen) {
        /** @type {Kept | undefined} */
        const now = await store(tx, "change").get(one.seq);
        if (now === undefined) continue; // undone meanwhile
        if (now.raw !== one.raw) break; // told more meanwhile (amended.js): it goes next, as it is
        const n = now.n ?? (await countUp(tx, "change"));
        if (now.n === undefined) await store(tx, "change").put({ ...now, n });
        out.push({ n, id: now.id, raw });
      }
      return out;
    });
    this.tell("queue"); // what has an n is not undone any more
    return numbered;
  }

  /** What was never put into a batch; a damaged change never will be. */
  async unnumbered() {
    /** @type {Kept[]} */
    const found = [];
    for (const one of await this._waiting()) {
      if (one.n === undefined && (await openedRaw(one)) !== null) found.push(one);
    }
    return found;
  }

  // --- answers ------------------------------------------------------------------------------

  /**
   * Take answered changes out of the outbox, and notice a server that lost its last hours (offer
   * those changes again) or a handheld set back to an older copy of itself.
   *
   * We never use an id or an n twice. Where the server says so, or knows more changes of ours than
   * we ever made, a copy of this handheld did: those changes stay in the outbox, and go out when
   * the handheld was enrolled anew. Told so under that name, too, the id itself is another's: the
   * server keeps both, and that is its answer. What waited for something may be answered anew by
   * any later push.
   * @param {PushAnswer} answer @returns {Promise<import("../device.js").Kept>}
   */
  async keepVerdicts(answer) {
    const now = instant(moment(answer.server_time)); // ours may be years off
    const verdicts = await Promise.all(
      answer.verdicts.map(async (one) => ({ one, sealed: await sealValue(one) })),
    );
    const mark = answer.acknowledged_through;
    const before = await this._toldBefore();
    const lost =
      Boolean(before.offer) ||
      answer.epoch !== before.offered_in ||
      mark < Number(before.acknowledged_through ?? 0);
    const seen = `${answer.epoch}:${mark}`;
    const offers = lost || before.offered_again !== seen;
    const fresh = new Set(answer.verdicts.map((one) => one.id));
    const unsure = lost ? await answeredFrom(this.db, 1, mark, fresh) : before.unsure;
    const sealed = await sealedValues({
      ...{ offered_in: answer.epoch, offer: null, epoch: answer.epoch, acknowledged_through: mark },
      unsure,
      ...this.timeOf(answer.server_time),
    });
    const sealedAgain = await sealedValues({ offered_again: seen });
    const sealedSetBack = await sealedValues(SET_BACK);
    const kept = await this.writing(["fact", "change", "counter"], async (tx) => {
      const { answered, shared } = await takeVerdicts(tx, verdicts, now, answer.epoch);
      const offeredAgain = offers ? await offerAgain(tx, mark, lost, fresh) : 0;
      const setBack = shared > 0 || mark > ((await store(tx, "counter").get("change")) ?? 0);
      await putFacts(tx, sealed);
      if (offeredAgain) await putFacts(tx, sealedAgain);
      if (setBack) await putFacts(tx, sealedSetBack);
      // Else the server may lack the old work, too.
      if (!offeredAgain && !setBack && unsure === null) await dropOld(tx, moment(now));
      return { answered, offeredAgain, setBack };
    });
    if (before.epoch !== answer.epoch) await this.forgetCursor();
    if (kept.answered || kept.offeredAgain) {
      for (const type of ["rows", "queue", "verdict"]) this.tell(type);
    }
    return kept;
  }

  /**
   * The first number whose answer is still to be compared with the server's receipts, since it lost
   * time; null when there is none.
   * @returns {Promise<number | null>}
   */
  async unsureFrom() {
    const begin = await this.fact("unsure");
    return begin === null ? null : answeredFrom(this.db, begin);
  }

  /**
   * Compare the answers kept here, from this number on, with what the server has; its receipts end
   * at the last one told, or there are no more. Where a number is another's all stays unsure, so
   * that all goes out under the next name.
   * @param {PushAnswer} answer @param {number} fromN
   * @returns {Promise<import("../device.js").Kept>}
   */
  async keepReceipts(answer, fromN) {
    const now = instant(moment(answer.server_time));
    const found = await compared(this.db, answer.verdicts, fromN);
    const sealed = await sealedValues({ unsure: found.more });
    const sealedSetBack = await sealedValues(SET_BACK);
    const kept = await this.writing(["fact", "change", "counter"], async (tx) => {
      const { answered, offeredAgain, shared } = await settle(tx, found, now, answer.epoch);
      await putFacts(tx, shared ? sealedSetBack : sealed);
      return { answered, offeredAgain, setBack: shared > 0 };
    });
    if (kept.answered || kept.offeredAgain) {
      for (const type of ["rows", "queue", "verdict"]) this.tell(type);
    }
    return kept;
  }

  /** What the server told us so far. @returns {Promise<Record<string, any>>} */
  async _toldBefore() {
    const told = ["acknowledged_through", "epoch"];
    const names = ["offer", "offered_in", "offered_again", "unsure", ...told];
    const found = await Promise.all(names.map(async (name) => [name, await this.fact(name)]));
    return Object.fromEntries(found);
  }

  /**
   * What time the server said it was, and when on a counter no one can set, as a fact to keep.
   * @param {string} server
   */
  timeOf(server) {
    const boot = this.clock.boot();
    const at = {
      monotonic_ms: this.clock.monotonicMs(),
      boot,
      offset_ms: offsetMs(server, this.clock),
    };
    return { time: { server, ...at } };
  }

  /** @returns {Promise<boolean>} */
  async isSetBack() {
    return Boolean(await this.fact("set_back"));
  }

  /** Another handheld goes by our name: go on as a new one, once enrolled. */
  async stopBeing() {
    await this.keepFacts(SET_BACK);
  }

  /** Whether the server holds a change of ours until another one comes. */
  async hasWaiting() {
    /** @type {Kept[]} */
    const live = await this.db.getAllFromIndex("change", "live");
    return live.some((one) => one.outcome === "waiting");
  }

  /**
   * Whether the server may have lost time since we last offered what it no longer knows: it has
   * another epoch, knew no cursor of ours, or named a lower mark. A push, even an empty one, then
   * learns how far it knows us.
   */
  async mustOffer() {
    if ((await this.fact("enrolment")) === null) return false;
    return (
      Boolean(await this.fact("offer")) ||
      (await this.fact("offered_in")) !== (await this.fact("epoch"))
    );
  }

  /** The server did not know our cursor: it may have lost what we pushed since, too. */
  async noteLoss() {
    await this.keepFact("offer", true);
  }

  /**
   * Scopes whose rows an unsent change refers to: those of its store.
   * @returns {Promise<Set<string>>}
   */
  async unsentScopes() {
    return new Set((await this._waiting()).map((one) => `st:${one.store}`));
  }
}
