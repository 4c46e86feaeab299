// @ts-check
// A swipe to the right over a row says one thing. The row follows the finger, so that it is seen
// what will happen; a scroll up or down stays a scroll. Who cannot swipe has a button for it.

import { useEffect } from "../vendor/shell.js";

/** So far counts as meant. */
const MEANT_PX = 64;
/** From here on it is a swipe and not an unsteady tap. */
const BEGUN_PX = 12;

/**
 * @param {{ current: HTMLElement | null }} row
 * @param {() => void} meant
 * @param {boolean} may
 */
export function useSwipe(row, meant, may) {
  useEffect(() => {
    const own = row.current;
    if (!own || !may) return undefined;
    /** @type {{ x: number, y: number, id: number, swipes: boolean } | null} */
    let from = null;
    const rest = () => {
      own.style.translate = "";
      own.classList.remove("swiped", "is-meant");
      from = null;
    };
    const down = (/** @type {PointerEvent} */ event) => {
      if (event.isPrimary && event.button === 0) {
        from = { x: event.clientX, y: event.clientY, id: event.pointerId, swipes: false };
      }
    };
    const move = (/** @type {PointerEvent} */ event) => {
      if (!from || event.pointerId !== from.id) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!from.swipes && Math.abs(dy) > BEGUN_PX && Math.abs(dy) > dx) return rest();
      if (!from.swipes && dx > BEGUN_PX && dx > 2 * Math.abs(dy)) {
        from.swipes = true;
        own.setPointerCapture(event.pointerId);
        own.classList.add("swiped");
      }
      if (!from.swipes) return;
      own.style.translate = `${Math.max(0, Math.min(dx, MEANT_PX * 1.5))}px 0`;
      own.classList.toggle("is-meant", dx >= MEANT_PX);
    };
    const up = (/** @type {PointerEvent} */ event) => {
      const swiped = from?.swipes ? event.clientX - from.x : 0;
      if (from?.swipes) own.addEventListener("click", halt, { capture: true, once: true });
      setTimeout(() => own.removeEventListener("click", halt, { capture: true }), 0);
      rest();
      if (swiped >= MEANT_PX) meant();
    };
    const halt = (/** @type {Event} */ event) => {
      event.stopPropagation();
      event.preventDefault();
    };
    own.addEventListener("pointerdown", down);
    own.addEventListener("pointermove", move);
    own.addEventListener("pointerup", up);
    own.addEventListener("pointercancel", rest);
    return () => {
      rest();
      own.removeEventListener("pointerdown", down);
      own.removeEventListener("pointermove", move);
      own.removeEventListener("pointerup", up);
      own.removeEventListener("pointercancel", rest);
    };
  }, [row.current, may, meant]);
}
