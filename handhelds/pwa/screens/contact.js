// @ts-check
// A person of a store, written down, changed, or gone; the office may change the same, and both are
// told what became of it.

import { html, useState } from "../vendor/shell.js";
import { Button } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { saidOf } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";

const FIELDS = /** @type {const} */ (["name", "role", "phone", "email", "preferred_time"]);
/** What a phone's keyboard shows for a field. @type {Record<string, string>} */
const TYPES = { phone: "tel", email: "email" };

/**
 * @param {{ ctx: import("../ctx.js").Ctx, store: string, contact: Record<string, any>,
 *   onClose: () => void }} what contact: {} for a new one
 */
export function Contact({ ctx, store, contact, onClose }) {
  const { t, verbs } = ctx;
  const [typed, setTyped] = useState(/** @type {Record<string, string>} */ (
    Object.fromEntries(FIELDS.map((name) => [name, contact[name] ?? ""]))));
  const [fault, setFault] = useState("");
  const done = async (/** @type {Promise<any>} */ work, /** @type {string} */ word) => {
    try {
      const { change } = await work;
      onClose();
      ctx.say(t(word, { name: typed.name }), { undo: () => verbs.undo(change) });
    } catch (no) {
      setFault(saidOf(no));
    }
  };
  const save = () => {
    const told = Object.fromEntries(FIELDS.map((name) => [name, typed[name].trim() || null]));
    const { name, ...rest } = told;
    const filled = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
    return done(contact.id ? verbs.editContact(store, contact.id, told)
      : verbs.addContact(store, name ?? "", filled), "contacts.saved");
  };
  return html`<${Sheet} title=${contact.id ? contact.name : t("contacts.add")} onClose=${onClose} foot=${html`
      ${contact.id && html`<${Button} kind="danger" onClick=${() =>
        done(verbs.removeContact(store, contact.id), "contacts.left")}>${t("contacts.leave")}</${Button}>`}
      <${Button} kind="primary" mark="check" disabled=${!typed.name.trim()} onClick=${save}>${t("save")}</${Button}>`}>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${FIELDS.map((name) => html`<${Field} key=${name} label=${t(`contacts.${name}`)} value=${typed[name]}
      type=${TYPES[name] ?? "text"} autocomplete="off" maxlength=${120}
      onInput=${(/** @type {string} */ value) => setTyped((old) => ({ ...old, [name]: value }))} />`)}</${Sheet}>`;
}
