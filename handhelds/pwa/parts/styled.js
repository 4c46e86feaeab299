// @ts-check
// A stylesheet of a file that is fetched lazily: put on the page once, before what it styles.

/** @type {Map<string, Promise<void>>} */
const asked = new Map();

/** @param {string} path beside index.html @returns {Promise<void>} */
export function styled(path) {
  let found = asked.get(path);
  if (!found) {
    found = new Promise((then) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = path;
      link.onload = () => then();
      link.onerror = () => then(); // without it, it is drawn less well
      document.head.append(link);
    });
    asked.set(path, found);
  }
  return found;
}
