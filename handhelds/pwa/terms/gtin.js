// @ts-check
/**
 * Barcodes: GTIN-8, -12, -13 and -14 read as one kind of number, and a scan turned into a product.
 *
 * GS1 gives every trade item a number of at most 14 digits; the shorter ones are the same number
 * without its leading zeros, so all are compared at 14 digits. The last digit checks the others.
 * What is stored stays as it is printed on the pack; a case has a number of its own, so a scan says
 * which unit was in the hand.
 */

export const LENGTHS = [8, 12, 13, 14];

/** A GS1-128 or DataMatrix label: application identifier 01, the number, then other fields. */
const IN_LABEL = /^(?:\(01\)|01)([0-9]{14})(?:[^0-9].*|[0-9]{2}.*)?$/s;
/** What some scanners put before a code: which symbology it was printed in. */
const SCANNER = /^\][A-Za-z][0-9]/;

/**
 * A barcode on a unit of a product, as it is stored.
 * @typedef {{ gtin: string, product: string, uom: string }} Printed
 */

/**
 * The characters of a number, without the spaces and hyphens that people print between.
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  return text.replace(/[\s\-\u2010-\u2013]/g, "");
}

/**
 * GS1's check digit: weigh 3, 1, 3, ... from the right, and fill up to the next ten.
 * @param {string} body the digits before it
 * @returns {string}
 */
export function checkDigit(body) {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) {
    sum += Number(body[body.length - 1 - at]) * (at % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}

/** @param {string} digits */
function isRight(digits) {
  return checkDigit(digits.slice(0, -1)) === digits.at(-1);
}

/**
 * What is wrong with a barcode, in words that say what to write instead; null = nothing.
 * @param {string} text
 * @returns {string | null}
 */
export function wrongWith(text) {
  const digits = plain(text);
  if (!/^[0-9]+$/.test(digits)) {
    return "Write a barcode of 8, 12, 13 or 14 digits, or leave it empty.";
  }
  if (!LENGTHS.includes(digits.length)) {
    const next = LENGTHS.find((length) => length > digits.length) ?? digits.length;
    const zeros = next - digits.length;
    const says = `This barcode has ${digits.length} digits, not 8, 12, 13 or 14`;
    if ((zeros !== 1 && zeros !== 2) || !isRight(digits.padStart(next, "0"))) return `${says}.`;
    return `${says}: a spreadsheet dropped ${zeros} zero${zeros > 1 ? "s" : ""} in front.`;
  }
  if (/^0+$/.test(digits)) return "A barcode of zeros stands for none: leave it empty.";
  if (isRight(digits)) return null;
  return (
    `The last digit of this barcode should be ${checkDigit(digits.slice(0, -1))}, not ` +
    `${digits.at(-1)}: a digit was mistyped, or it is no barcode.`
  );
}

/**
 * The number at 14 digits, by which barcodes are compared; null when it is not one.
 * @param {string} text
 * @returns {string | null}
 */
export function as14(text) {
  return wrongWith(text) === null ? plain(text).padStart(14, "0") : null;
}

/**
 * The number in what a scanner read, at 14 digits: a plain barcode, or the label of a case.
 * @param {string} scanned
 * @returns {string | null}
 */
export function ofScan(scanned) {
  const text = scanned.trim().replace(SCANNER, "");
  const number = as14(text);
  if (number !== null) return number;
  const label = IN_LABEL.exec(text)?.[1];
  return label === undefined ? null : as14(label);
}

/**
 * The units that carry what was scanned, in their order; one barcode may stand on several.
 * @param {string} scanned
 * @param {Iterable<Printed>} printed
 * @returns {Printed[]}
 */
export function find(scanned, printed) {
  const wanted = ofScan(scanned);
  return wanted === null ? [] : [...printed].filter((one) => as14(one.gtin) === wanted);
}
