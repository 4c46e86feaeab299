// @ts-check
// Barcodes: what a scanner read, as one kind of number. The same sums as sync/terms/gtin.py, played
// by the cases in sync/contract/terms/gtin.json.
//
// GS1 gives every trade item a number of at most 14 digits; the shorter ones are the same number
// without its leading zeros, so all are compared at 14 digits. The last digit checks the others.

const LENGTHS = new Set([8, 12, 13, 14]);
const BETWEEN = /[\s\-\u2010-\u2013]/gu;
/** A GS1-128 or DataMatrix label: application identifier 01, the number, then other fields. */
const IN_LABEL = /^(?:\(01\)|01)([0-9]{14})(?:[^0-9].*|[0-9]{2}.*)?$/su;
/** What some scanners put before a code: which symbology it was printed in. */
const SCANNER = /^\][A-Za-z][0-9]/u;

/** The digit that checks the others. @param {string} digits without the last one */
function checkDigit(digits) {
  let sum = 0;
  for (let n = 0; n < digits.length; n += 1) {
    sum += Number(digits[digits.length - 1 - n]) * (n % 2 ? 1 : 3);
  }
  return String((10 - (sum % 10)) % 10);
}

/** @param {string} digits */
const isRight = (digits) => checkDigit(digits.slice(0, -1)) === digits.at(-1);

/** The number at 14 digits, by which barcodes are compared; null when it is not one.
 * @param {string} text */
export function as14(text) {
  const digits = text.replace(BETWEEN, "");
  if (!/^[0-9]+$/u.test(digits) || !LENGTHS.has(digits.length)) return null;
  if (/^0+$/u.test(digits) || !isRight(digits)) return null;
  return digits.padStart(14, "0");
}

/** The number in what a scanner read, at 14 digits: a plain barcode, or the label of a case.
 * @param {string} scanned */
export function ofScan(scanned) {
  const text = scanned.trim().replace(SCANNER, "");
  const whole = as14(text);
  if (whole !== null) return whole;
  const label = IN_LABEL.exec(text);
  return label === null ? null : as14(label[1]);
}
