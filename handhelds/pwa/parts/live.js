// What a screen shows, read from the handheld and read again whenever something is saved or comes.

import { useEffect, useLayoutEffect, useRef, useState } from "../vendor/shell.js";

/** @template T @typedef {{value: T | undefined, error: unknown, again: () => void}} Shown */

/**
 * Read with `load` now, and again after each of `events` of local.changed (rows, queue, verdict).
 * Until the first answer `value` is undefined; while it is read again the old one stays, so that
 * nothing jumps. `keys`: what `load` depends on. `first`: what was read before, to begin with.
 * @template T
 * @param {EventTarget} changed
 * @param {() => Promise<T>} load
 * @param {unknown[]} keys
 * @param {string[]} [events]
 * @param {T} [first]
 * @returns {Shown<T>}
 */
export function useShown(changed, load, keys, events = ["rows", "queue", "verdict"], first) {
  const [shown, setShown] = useState(
    /** @type {{value: T | undefined, error: unknown}} */ ({ value: first, error: undefined }),
  );
  const asked = useRef(0);
  const read = () => {
    const mine = ++asked.current;
    if (mine === 1 && first !== undefined) return;
    load().then(
      (value) => mine === asked.current && setShown({ value, error: undefined }),
      (error) => {
        console.error(error);
        if (mine === asked.current) setShown((old) => ({ ...old, error }));
      },
    );
  };
  useLayoutEffect(read, keys); // not after the next frame: what is here already is in it
  const again = useRef(read);
  again.current = read;
  useEffect(() => {
    let waits = 0, follows = 0;
    const soon = () => {
      cancelAnimationFrame(waits);
      waits = requestAnimationFrame(() => { // what the rep did is shown first, and drawn once
        clearTimeout(follows);
        follows = window.setTimeout(() => again.current());
      });
    };
    for (const event of events) changed.addEventListener(event, soon);
    return () => {
      cancelAnimationFrame(waits);
      clearTimeout(follows);
      for (const event of events) changed.removeEventListener(event, soon);
    };
  }, [changed]);
  return { ...shown, again: () => again.current() };
}
