// @ts-check
// The talk that holds what is kept as answered against the receipts of a server that lost time.
//
// Receipts come so many at once as the server likes. How far it got is kept after each answer, so
// that a cut, or the end of the program, costs one of them at most.

import { PUSH, counting, ending, judge, read } from "./answers.js";

/**
 * Ends "done" when nothing is unsure any more, or "refused" when the server has no readable ones:
 * that is no reason not to push, and a later sync tries again.
 * @param {import("./device.js").Keeper} keeper @param {string} secret @param {string | null} epoch
 * @returns {import("./answers.js").Talk}
 */
export async function* checkReceipts(keeper, secret, epoch) {
  let answered = 0;
  for (;;) {
    const fromN = await keeper.unsureFrom();
    if (fromN === null) return ending("done", "", { answered });
    const path = `/sync/v1/receipts?from_n=${fromN}`;
    const reply = yield { method: "GET", path, body: "", secret };
    const trouble = judge(reply);
    if (trouble !== null) {
      if (trouble.state === "set_back") await keeper.stopBeing();
      return counting(trouble, { answered });
    }
    /** @type {import("./answers.js").PushAnswer | null} */
    const answer = read(reply, PUSH);
    if (answer === null) return ending("refused", "the receipts could not be read", { answered });
    if (answer.epoch !== epoch) {
      await keeper.noteLoss(); // once more; the next push learns of it
      return ending("refused", "there is another epoch", { answered });
    }
    const kept = await keeper.keepReceipts(answer, fromN);
    answered += kept.answered;
    if (kept.setBack) return ending("set_back", "", { answered });
  }
}
