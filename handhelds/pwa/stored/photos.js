// @ts-check
// Photos on the handheld: kept with durability "strict" like all of the rep's work, until the
// server has them whole. Then only their bytes may be given up, and are first when room is short.
//
// A picture that goes by the id of an order is the store's signature under it. So there is one of
// an order at most, it is found without looking, and it is taken back with the order (work.js). It
// is kept in the transaction that saves the order, and waits until that was answered.

import { instant, newId } from "../clock.js";
import { NotSaved, store } from "./field.js";
import { sha256Hex } from "./hash.js";
import { openedBytes, openedValue, sealBytes, sealValue } from "./seal.js";

/** @typedef {import("./work.js").Working} Working */

/**
 * What a photo is of. `media_type`: image/jpeg, image/webp or image/png.
 * @typedef {{store: string, visit?: string | null, card?: string | null, product?: string | null,
 *   note?: string | null, media_type: string}} About
 */

/** @typedef {About & {id: string, captured_at: string, bytes: number, sha256: string}} Photo */

/** A record of the store `photo`; `bytes` null: given up, the server has it.
 * @typedef {{id: string, said: string, bytes: Uint8Array | null, state: "waits" | "whole",
 *   is_signature?: true}} Kept */

/** @typedef {Photo & {state: Kept["state"], is_signature: boolean}} Taken */

/** A signature, for the screen: `picture` null: its bytes were given up, the server has them.
 * @typedef {{state: Kept["state"], captured_at: string, picture: Blob | null}} Signature */

export class Photos {
  /** @param {Working} field */
  constructor(field) {
    this.field = field;
  }

  /**
   * Keep a photo; it is sent when the outbox is empty. NotSaved: there was no room for it.
   * @param {About} about @param {Blob} picture @returns {Promise<Photo>}
   */
  async keep(about, picture) {
    const now = this.field.clock.now();
    const { photo, kept } = await made(about, picture, newId(now), now);
    await this.field.writing(["photo"], (tx) => store(tx, "photo").add(kept));
    this.field.tell("photos");
    return photo;
  }

  /**
   * The store's signature under an order, to be saved in one transaction with it (Work.photos).
   * @param {{id: string, store: string, visit: string | null}} order @param {Blob} picture
   * @param {number} now_ms when it was given, by the server's clock
   * @returns {Promise<Kept>}
   */
  async signed({ id, store: at, visit }, picture, now_ms) {
    const about = { store: at, visit, media_type: picture.type };
    const { kept } = await made(about, picture, id, now_ms);
    return { ...kept, is_signature: true };
  }

  /** The signature under an order; null where none is here. @param {string} order
   * @returns {Promise<Signature | null>} */
  async signature(order) {
    /** @type {Kept | undefined} */
    const found = await this.field.db.get("photo", order);
    if (!found?.is_signature) return null;
    const { captured_at } = await openedValue(found.said);
    return { state: found.state, captured_at, picture: await this.picture(order) };
  }

  /**
   * Every picture that is here, oldest first, and whether the server has it.
   * @returns {Promise<Taken[]>}
   */
  async list() {
    /** @type {Kept[]} */
    const found = await this.field.db.getAll("photo");
    return Promise.all(
      found.map(async ({ said, state, is_signature = false }) =>
        ({ ...(await openedValue(said)), state, is_signature })),
    );
  }

  /**
   * The picture; null where it is not here any more.
   * @param {string} id
   * @returns {Promise<Blob | null>}
   */
  async picture(id) {
    /** @type {Kept | undefined} */
    const found = await this.field.db.get("photo", id);
    if (!found?.bytes) return null;
    const { media_type: type } = await openedValue(found.said);
    return new Blob([/** @type {BlobPart} */ (await openedBytes(found.bytes))], { type });
  }

  /** Take a photo back; NotSaved when the server has it whole. @param {string} id */
  async drop(id) {
    await this.field.writing(["photo"], async (tx) => {
      if ((await store(tx, "photo").get(id))?.state === "whole") {
        throw new NotSaved("the photo was sent already", null, "refused.photo_sent");
      }
      await store(tx, "photo").delete(id);
    });
    this.field.tell("photos");
  }

  /** Photos of a store, the newest first; signatures are shown with their orders.
   * @param {string} storeId */
  async ofStore(storeId) {
    const found = await this.list();
    return found.filter((one) => one.store === storeId && !one.is_signature).reverse();
  }

  // --- for photos.js ------------------------------------------------------------------------

  /** Those the server has not whole yet, oldest first; a signature not before its order was
   * answered. @returns {Promise<Taken[]>} */
  async waiting() {
    const unanswered = new Set((await this.field.unanswered()).map((one) => one.row_id));
    return (await this.list()).filter((one) => one.state === "waits" && !unanswered.has(one.id));
  }

  /**
   * @param {string} id
   * @param {number} from
   * @param {number} to
   * @returns {Promise<Uint8Array | null>}
   */
  async piece(id, from, to) {
    /** @type {Kept | undefined} */
    const found = await this.field.db.get("photo", id);
    return found?.bytes ? (await openedBytes(found.bytes)).slice(from, to) : null;
  }

  /** The server has it. @param {string} id */
  async sent(id) {
    await this.field.writing(["photo"], async (tx) => {
      const found = await store(tx, "photo").get(id);
      if (found) await store(tx, "photo").put({ ...found, state: "whole" });
    });
    this.field.tell("photos");
  }

  /** Give up the bytes of photos that the server has whole; whether there were any. */
  async giveUp() {
    const tx = this.field.db.transaction("photo", "readwrite");
    let some = false;
    for (let at = await tx.store.openCursor(); at; at = await at.continue()) {
      if (at.value.state !== "whole" || at.value.bytes === null) continue;
      some = true;
      await at.update({ ...at.value, bytes: null });
    }
    await tx.done;
    return some;
  }

  /** Forget all that the server has whole: this handheld was taken out of use. */
  async forgetSent() {
    const tx = this.field.db.transaction("photo", "readwrite");
    for (let at = await tx.store.openCursor(); at; at = await at.continue()) {
      if (at.value.state === "whole") await at.delete();
    }
    await tx.done;
    this.field.tell("photos");
  }
}

/**
 * A picture as it is told of, and as it is kept.
 * @param {About} about @param {Blob} picture @param {string} id @param {number} now_ms
 * @returns {Promise<{photo: Photo, kept: Kept}>}
 */
async function made(about, picture, id, now_ms) {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const captured_at = instant(now_ms);
  const photo = { ...about, id, captured_at, bytes: bytes.length, sha256: sha256Hex(bytes) };
  const [said, sealed] = [await sealValue(photo), await sealBytes(bytes)];
  return { photo, kept: { id, said, bytes: sealed, state: "waits" } };
}
