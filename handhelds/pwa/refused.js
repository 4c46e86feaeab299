// @ts-check
// What a rep typed that cannot be: which sentence says so (words/*_verbs.js), and its figures.

/** Nothing was saved. `key` names a sentence, `values` what stands in it. */
export class Refused extends Error {
  /**
   * @param {string} key "refused.<name>"
   * @param {Record<string, string | number>} [values]
   */
  constructor(key, values = {}) {
    const said = Object.entries(values).map(([name, value]) => `${name} ${value}`);
    super([key, ...said].join(", "));
    this.name = "Refused";
    this.key = key;
    this.values = values;
  }
}
