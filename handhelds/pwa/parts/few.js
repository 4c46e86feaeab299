// @ts-check
// A long list, drawn as far as it is looked at: the first rows at once, more as their end comes
// near. On a phone a row of the order pad costs a tenth of what a person notices.

import { html, useEffect, useRef, useState } from "../vendor/shell.js";

/**
 * How many rows to draw, and what stands behind them while there are more. What is listed has
 * another `key` when it begins from the top again.
 * @param {number} all @param {number} few @param {string} key
 * @returns {[number, any]}
 */
export function useFew(all, few, key) {
  const [drawn, setDrawn] = useState({ key, n: few });
  const end = useRef(/** @type {Element | null} */ (null));
  const n = drawn.key === key ? drawn.n : few;
  useEffect(() => {
    if (n >= all || !end.current) return undefined;
    const near = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) setDrawn({ key, n: n + 2 * few });
    }, { rootMargin: "400px" });
    near.observe(end.current);
    return () => near.disconnect();
  }, [n, all, key]);
  return [Math.min(n, all), n < all && html`<div ref=${end} />`];
}
