// @ts-check
// What a little more would bring, as a sentence: "2 more of Cola 1 l, then 5 % off".

import { money, t } from "../speech.js";

/**
 * @param {import("../terms/hint.js").Hint} hint @param {any} offer
 * @param {(code: string) => string} nameOf
 */
export function hintWords(hint, offer, nameOf) {
  const of = hint.products === null ? "" : hint.products.length === 1
    ? t("hint.of", { name: nameOf(hint.products[0]) }) : t("hint.of_its");
  if (hint.kind === "buy_get") {
    const got = t(offer.percent === null ? "hint.free" : "hint.less", { n: hint.free,
      name: nameOf(hint.product ?? ""), percent: offer.percent ?? "" });
    return hint.more ? t("hint.then", { more: hint.more, of, got }) : t("hint.earned", { got });
  }
  const more = hint.more_minor ? money(hint.more_minor) : String(hint.more);
  const got = hint.percent !== null ? t("hint.percent", { percent: hint.percent })
    : t(hint.kind === "order" ? "hint.amount" : "hint.amount_each", { amount: money(hint.amount_minor ?? 0) });
  return t(hint.kind === "order" ? "hint.whole" : "hint.then", { more, of, got });
}
