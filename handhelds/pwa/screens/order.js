// @ts-check
// The order pad: what is missing, suggested and usual in this store, anything else by words or
// barcode, and the running total against its credit. What is typed is kept on every key, for ever;
// `?step=review` looks at it before it is saved, `?saved=ID` shows its number.

import { html, useEffect, useMemo, useRef, useState } from "../vendor/shell.js";
import { KINDS as PAD_KINDS } from "../pad.js";
import { Sheet as Sums } from "../typed.js";
import { KINDS as SUGGESTED_KINDS } from "../suggested.js";
import { useDraft } from "../parts/draft.js";
import { Frame } from "../parts/frame.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { Failed, Waiting } from "../parts/state.js";
import { age } from "../shown/ages.js";
import {
  draftOf, draftOfOrder, newDraft, notAnswered, repeated, takenUp, wantedOf, withMore,
} from "../shown/order.js";
import { padOf, proposedOf } from "../shown/reading.js";
import { Filling } from "./order_pad.js";
import { Review } from "./order_review.js";
import { Saved } from "./order_saved.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/order.js").Draft} Draft */
/** @typedef {Awaited<ReturnType<typeof readPad>>} Read */

/** What a save will ask for; read now, nothing waits for it then. */
const VERB_KINDS = ["visit"];

/** What the pad is begun with. @param {any} local @param {string} id */
async function readPad(local, id) {
  const pad = await padOf(local, id, ...new Set([...PAD_KINDS, ...SUGGESTED_KINDS, ...VERB_KINDS]));
  const { at } = pad;
  const { suggestions, by_product, last, bought } = proposedOf(pad);
  const owed = pad.credit();
  const depot = at.catalogue.pulled("warehouse").find((row) => row.id === at.store.warehouse);
  return {
    pad, store: at.store, catalogue: at.catalogue, orders: at.rows("order"), suggestions,
    by_product, last, bought, owed,
    stock_age: age(depot?.stock_as_of ?? at.asOf("stock"), at.now_ms),
    as_of: { stock: depot?.stock_as_of ?? at.asOf("stock"), receivable: owed.as_of },
    now_ms: at.now_ms,
    next_delivery: pad.nextDelivery(),
    today: pad.today(),
  };
}

/** Which order is written: a new one, one about another, or one that is changed.
 * @param {Record<string, string>} params */
function writing({ store, revise, about }) {
  if (revise) return { key: `order/${store}/revise/${revise}`, revise, about: "" };
  if (about) return { key: `order/${store}/about/${about}`, revise: "", about };
  return { key: `order/${store}`, revise: "", about: "" };
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const id = ctx.params.store;
  const about = writing(ctx.params);
  // The disk is asked for the draft while the pad is worked out.
  const early = useRef(/** @type {{ key: string, kept: Promise<any> } | null | undefined} */ (undefined));
  if (early.current === undefined) {
    early.current = ctx.params.saved ? null : { key: about.key, kept: ctx.local.draft(about.key) };
    early.current?.kept.catch(() => undefined); // told where it is wanted
  }
  const { value: read, error, again } = useShown(ctx.local.changed,
    () => readPad(ctx.local, id), [id], ["rows"]);
  const [made, setMade] = useState(/** @type {any} */ (null)); // saved on what was read before it
  const up = `/store/${id}`;
  if (read && ctx.params.saved) {
    const row = made?.read === read && made.row.id === ctx.params.saved ? made.row : null;
    return html`<${Saved} ctx=${ctx} read=${read} id=${ctx.params.saved} up=${up} made=${row} />`;
  }
  if (read) {
    return html`<${Writing} key=${about.key} ctx=${ctx} read=${read} up=${up} about=${about} early=${early}
      onSaved=${(/** @type {any} */ row) => setMade({ row, read })} />`;
  }
  if (!error) return html`<${Soon} ctx=${ctx} up=${up} />`;
  return html`<${Frame} title=${ctx.t("act.order")} up=${up}>
    <${Failed} error=${saidOf(error)} again=${again} /></${Frame}>`;
}

/** Before there is anything: mostly it is there in the same frame, and nothing else is drawn.
 * @param {{ ctx: Ctx, up: string }} what */
function Soon({ ctx, up }) {
  const [waits, setWaits] = useState(false);
  useEffect(() => setWaits(true), []);
  if (!waits) return html`<main class="page" />`;
  return html`<${Frame} title=${ctx.t("act.order")} up=${up}><${Waiting} rows=${8} /></${Frame}>`;
}

/** @param {{ ctx: Ctx, read: Read, up: string, about: ReturnType<typeof writing>,
 *   early: { current: { key: string, kept: Promise<any> } | null | undefined },
 *   onSaved: (row: any) => void }} what */
function Writing({ ctx, read, up, about, early, onSaved }) {
  const { pad, catalogue } = read;
  const product = (/** @type {string} */ code) => catalogue.product(code);
  const failed = (/** @type {unknown} */ error) => ctx.say(saidOf(error), { tone: "stop" });
  const changed = about.revise ? read.orders.find((row) => row.id === about.revise) : undefined;
  const first = notAnswered(read.orders, about.about, "sale");
  const begin = async (/** @type {any} */ kept) =>
    takenUp(kept ? draftOf(kept) : changed ? draftOfOrder(changed)
      : first ? withMore(newDraft(), await ctx.verbs.tooLate(first)) : newDraft(),
    read.today, read.next_delivery);
  const { value: draft, was_kept, change } = useDraft(ctx.local, about.key, begin, failed, early);
  const sums = useMemo(() => new Sums(pad), [pad]);
  const [gone, setGone] = useState(/** @type {string[]} */ ([]));
  const total = useMemo(() => (draft ? priced(sums, wantedOf(draft, product)) : null),
    [sums, draft?.lines]);
  const here = pathOf(up, about);
  const repeat = (/** @type {Draft} */ now) => {
    if (!read.last) return now;
    const found = repeated(now, read.last, product);
    setGone(found.gone);
    return found.draft;
  };
  const is_ready = draft !== undefined;
  useEffect(() => {
    if (!is_ready || !ctx.params.repeat) return;
    change(repeat);
    ctx.go(`${here}?step=review`, { replace: true });
  }, [is_ready, ctx.params.repeat]);
  if (!draft || !total) {
    return html`<${Soon} ctx=${ctx} up=${up} />`;
  }
  const shared = { ctx, read, draft, total, change, up, here, about, gone, changed };
  return ctx.params.step === "review"
    ? html`<${Review} ...${shared} onSaved=${onSaved} />`
    : html`<${Filling} ...${shared} was_kept=${was_kept}
        onRepeat=${() => { change(repeat); ctx.go(`${here}${here.includes("?") ? "&" : "?"}step=review`); }} />`;
}

/** This pad's address. @param {string} up @param {ReturnType<typeof writing>} about */
const pathOf = (up, { revise, about }) =>
  `${up}/order${revise ? `?revise=${revise}` : about ? `?about=${about}` : ""}`;

/** What a draft comes to, each line priced once and again only when it changes.
 * @param {Sums} sums @param {import("../shown/order.js").Wanted[]} wanted */
function priced(sums, wanted) {
  const codes = new Set(wanted.map((one) => one.product));
  for (const { product } of sums.wanted()) if (!codes.has(product)) sums.put(product, "");
  for (const { product, typed, uom } of wanted) sums.put(product, typed, uom);
  return sums.total();
}
