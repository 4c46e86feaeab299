// A sheet that comes up from below for one question or one figure; Escape, the ground beside it and
// the button at its head close it.

import { html, useEffect, useRef } from "../vendor/shell.js";
import { t } from "../speech.js";
import { MarkButton } from "./button.js";

/**
 * @param {{title: string, onClose: () => void, children?: any, foot?: any}} what
 */
export function Sheet({ title, onClose, children, foot }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const own = dialog.current;
    if (own && !own.open) own.showModal();
    return () => own?.close();
  }, []);
  return html`<dialog class="over" ref=${dialog} aria-label=${title}
    onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); onClose(); }}
    onClick=${(/** @type {Event} */ event) => event.target === dialog.current && onClose()}>
    <div class="over-inside"><div class="over-head"><h2>${title}</h2>
      <${MarkButton} mark="close" label=${t("close")} onClick=${onClose} /></div>
      <div class="over-body">${children}</div>
      ${foot && html`<div class="over-foot">${foot}</div>`}</div></dialog>`;
}
