// What a screen shows, read from the handheld and read again whenever something is saved or comes.

import { useEffect, useRef, useState } from "../vendor/shell.js";

/** @template T @typedef {{value: T | undefined, error: unknown, again: () => void}} Shown */

/**
 * Read with `load` now, and again after each of `events` of local.changed (rows, queue, verdict).
 * Until the first answer `value` is undefined; while it is read again the old one stays, so that
 * nothing jumps. `keys`: what `load` depends on.
 * @template T
 * @param {EventTarget} changed
 * @param {() => Promise<T>} load
 * @param {unknown[]} keys
 * @param {string[]} [events]
 * @returns {Shown<T>}
 */
export function useShown(changed, load, keys, events = ["rows", "queue", "verdict"]) {
  const [shown, setShown] = useState(
    /** @type {{value: T | undefined, error: unknown}} */ ({ value: undefined, error: undefined }),
  );
  const [turn, setTurn] = useState(0);
  const asked = useRef(0);
  useEffect(() => {
    const mine = ++asked.current;
    load().then(
      (value) => mine === asked.current && setShown({ value, error: undefined }),
      (error) => {
        console.error(error);
        if (mine === asked.current) setShown((old) => ({ ...old, error }));
      },
    );
  }, [...keys, turn]);
  useEffect(() => {
    let waits = 0;
    const soon = () => {
      cancelAnimationFrame(waits);
      waits = requestAnimationFrame(() => setTurn((n) => n + 1));
    };
    for (const event of events) changed.addEventListener(event, soon);
    return () => {
      cancelAnimationFrame(waits);
      for (const event of events) changed.removeEventListener(event, soon);
    };
  }, [changed]);
  return { ...shown, again: () => setTurn((n) => n + 1) };
}
