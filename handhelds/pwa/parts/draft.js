// @ts-check
// What is being typed, kept on every change: a screen that is left, a tab that is killed and an app
// that is updated all come back to it. It goes when it is saved (local.save({forget})) or dropped.

import { useCallback, useLayoutEffect, useRef, useState } from "../vendor/shell.js";

/**
 * The draft under `key`; undefined until it was read. `change` takes the next value, or a function
 * of the present one. Writes go one after the other, and only the newest that waits is written.
 * @template T
 * @param {any} local
 * @param {string} key
 * @param {(kept: any) => T | Promise<T>} begin makes the first value of what was kept (or null)
 * @param {(error: unknown) => void} failed it could not be kept
 * @param {{ current: { key: string, kept: Promise<any> } | null | undefined }} [early] what was asked
 *   of the disk before; it is taken from there, for it counts only once
 * @returns {{ value: T | undefined, was_kept: boolean, change: (next: T | ((now: T) => T)) => void,
 *   drop: () => Promise<void> }}
 */
export function useDraft(local, key, begin, failed, early) {
  const [shown, setShown] = useState(
    /** @type {{ value: T | undefined, was_kept: boolean }} */ ({ value: undefined, was_kept: false }),
  );
  const now = useRef(/** @type {T | undefined} */ (undefined));
  const write = useRef(/** @type {{ waits: T | null, busy: Promise<void> | null, gone: boolean }} */ (
    { waits: null, busy: null, gone: false }));
  useLayoutEffect(() => {
    let wanted = true;
    const asked = early?.current?.key === key ? early.current.kept : local.draft(key);
    if (early) early.current = null;
    asked.then(async (/** @type {any} */ kept) => {
      const value = await begin(kept);
      if (!wanted) return;
      now.current = value;
      setShown({ value, was_kept: kept !== null && kept !== undefined });
    }).catch(failed);
    return () => { wanted = false; };
  }, [key]);
  const change = useCallback((/** @type {any} */ next) => {
    const before = now.current;
    const value = typeof next === "function" ? next(before) : next;
    if (value === before) return;
    now.current = value;
    setShown((old) => ({ ...old, value }));
    const turn = write.current;
    turn.waits = value;
    turn.busy ??= (async () => {
      while (turn.waits !== null && !turn.gone) {
        const one = turn.waits;
        turn.waits = null;
        await local.keepDraft(key, one);
      }
    })().catch(failed).finally(() => { turn.busy = null; });
  }, [key]);
  const drop = useCallback(async () => {
    write.current.gone = true;
    await write.current.busy;
    await local.dropDraft(key);
  }, [key]);
  return { ...shown, change, drop };
}
