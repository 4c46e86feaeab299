// @ts-check
// Photos on the handheld: kept with durability "strict" like all of the rep's work, until the
// server has them whole. Then only their bytes may be given up, and are first when room is short.

import { instant, newId } from "../clock.js";
import { NotSaved, store } from "./field.js";
import { sha256Hex } from "./hash.js";
import { openedBytes, openedValue, sealBytes, sealValue } from "./seal.js";

/** @typedef {import("./field.js").Field} Field */

/**
 * What a photo is of. `media_type`: image/jpeg, image/webp or image/png.
 * @typedef {{store: string, visit?: string | null, card?: string | null, product?: string | null,
 *   note?: string | null, media_type: string}} About
 */

/** @typedef {About & {id: string, captured_at: string, bytes: number, sha256: string}} Photo */

/** A record of the store `photo`; `bytes` null: given up, the server has it.
 * @typedef {{id: string, said: string, bytes: Uint8Array | null, state: "waits" | "whole"}} Kept */

export class Photos {
  /** @param {Field} field */
  constructor(field) {
    this.field = field;
  }

  /**
   * Keep a photo; it is sent when the outbox is empty. NotSaved: there was no room for it.
   * @param {About} about @param {Blob} picture @returns {Promise<Photo>}
   */
  async keep(about, picture) {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const now = this.field.clock.now();
    const made = { id: newId(now), captured_at: instant(now), bytes: bytes.length };
    const photo = { ...about, ...made, sha256: sha256Hex(bytes) };
    const [said, sealed] = [await sealValue(photo), await sealBytes(bytes)];
    /** @type {Kept} */
    const kept = { id: photo.id, said, bytes: sealed, state: "waits" };
    await this.field.writing(["photo"], (tx) => store(tx, "photo").add(kept));
    this.field.tell("photos");
    return photo;
  }

  /**
   * Every photo that is here, oldest first, and whether the server has it.
   * @returns {Promise<(Photo & {state: Kept["state"]})[]>}
   */
  async list() {
    /** @type {Kept[]} */
    const found = await this.field.db.getAll("photo");
    return Promise.all(
      found.map(async (one) => ({ ...(await openedValue(one.said)), state: one.state })),
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

  /** Photos of a store, the newest first. @param {string} storeId */
  async ofStore(storeId) {
    return (await this.list()).filter((one) => one.store === storeId).reverse();
  }

  // --- for photos.js ------------------------------------------------------------------------

  /** Those the server has not whole yet, oldest first. @returns {Promise<Photo[]>} */
  async waiting() {
    return (await this.list()).filter((one) => one.state === "waits");
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
}
