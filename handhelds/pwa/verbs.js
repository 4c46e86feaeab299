// @ts-check
// All that a rep does, by name, for the screens: each makes a change and its row and saves both.
//
//     const verbs = verbsOf(local, () => catalogue);
//     const { number } = await verbs.order(storeId, wanted, { forget: [key] });
//
// A verb is done when its promise is: then the work is on the disk, with its place in the outbox.
// It throws Refused where the rep typed what cannot be (its `key` and `values` make the sentence),
// NotSaved where the store could not keep it; nothing was changed then.

import * as edits from "./edits.js";
import * as needs from "./needs.js";
import * as orders from "./orders.js";
import { KINDS as PAD_KINDS, Pad } from "./pad.js";
import * as stops from "./stops.js";
import { KINDS as SUGGESTED_KINDS, proposals } from "./suggested.js";
import { Rep } from "./visit.js";
import { noteWhere } from "./whereabouts.js";

/** @typedef {ReturnType<typeof verbsOf>} Verbs */

/**
 * @template {any[]} A
 * @template R
 * @param {Rep} rep @param {(rep: Rep, ...told: A) => R} verb
 * @returns {(...told: A) => R}
 */
const of = (rep, verb) => (...told) => verb(rep, ...told);

/** A visit saved, and where that was noted if it comes: nobody waits for it.
 * @param {Rep} rep @param {Promise<any>} saved */
async function placed(rep, saved) {
  const visit = await saved;
  noteWhere(rep, visit).catch(console.error);
  return visit;
}

/**
 * @param {import("./saving.js").Keeper} local
 * @param {import("./saving.js").Saving["catalogue"]} catalogue
 */
export function verbsOf(local, catalogue) {
  const rep = new Rep(local, catalogue);
  return {
    rep,
    // visits and cards
    /** @param {Parameters<Rep["startVisit"]>} told */
    startVisit: (...told) => placed(rep, rep.startVisit(...told)),
    /** @param {Parameters<Rep["endVisit"]>} told */
    endVisit: (...told) => placed(rep, rep.endVisit(...told)),
    skipVisit: rep.skipVisit.bind(rep),
    card: rep.card.bind(rep),
    amendCard: of(rep, edits.amendCard),
    // orders
    pad: rep.pad.bind(rep),
    order: rep.order.bind(rep),
    /** Read what an order of a store will be saved on, so that its tap waits for the disk once.
     * @param {string} store */
    ahead: async (store) => void await rep.at(store, "visit"),
    revise: of(rep, orders.revise),
    cancel: of(rep, orders.cancel),
    supplement: of(rep, orders.supplement),
    giveBack: of(rep, orders.giveBack),
    tooLate: of(rep, orders.tooLate),
    drafts: of(rep, orders.drafts),
    sendDraft: of(rep, orders.sendDraft),
    dropDraft: of(rep, orders.dropDraft),
    keepDraft: of(rep, orders.keepDraft),
    /** What to order in a store, with the pad that prices it. @param {string} store */
    async suggestions(store) {
      const pad = new Pad(await rep.at(store, ...new Set([...PAD_KINDS, ...SUGGESTED_KINDS])));
      return { pad, proposals: proposals(pad) };
    },
    // money
    till: rep.till.bind(rep),
    collect: rep.collect.bind(rep),
    // the plan
    plan: of(rep, stops.plan),
    moveStop: of(rep, stops.moveStop),
    swapStops: of(rep, stops.swapStops),
    reorder: of(rep, stops.reorder),
    skipStop: of(rep, stops.skipStop),
    // stores and their people
    editStore: of(rep, edits.editStore),
    newStore: of(rep, edits.newStore),
    addContact: of(rep, edits.addContact),
    editContact: of(rep, edits.editContact),
    removeContact: of(rep, edits.removeContact),
    // what needs the rep
    async needs() {
      return needs.waiting(rep, await rep.at(null, ...needs.KINDS));
    },
    answer: of(rep, needs.answer),
    undo: rep.undo.bind(rep),
  };
}
