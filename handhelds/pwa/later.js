// Parts that no screen needs to be drawn: fetched when they are first asked, so that the day is there
// sooner.

/**
 * An object that is made when it is first asked. Each of its calls waits for it; so all it offers
 * must be calls that answer with a promise, or with nothing.
 * @template {object} T
 * @param {() => Promise<T>} make
 * @returns {{there: T, now: () => Promise<T>}} `now` makes it, if nobody asked yet
 */
export function later(make) {
  /** @type {Promise<T> | null} */
  let made = null;
  const now = () => {
    made ??= make();
    made.catch(() => { made = null; });
    return made;
  };
  const there = new Proxy({}, {
    get: (_, name) => name === "then" ? undefined
      : async (/** @type {any[]} */ ...told) => /** @type {any} */ (await now())[name](...told),
  });
  return { there: /** @type {T} */ (there), now };
}
