// @ts-check
// Rows for tests of what is shown: small ones by hand, and as many as a territory has.

/** @typedef {Record<string, any>} Row */

const WORDS = ["Vodka", "Whiskey", "Rum", "Gin", "Tequila", "Liqueur", "Brandy", "Schnapps"];
const BRANDS = ["Hawkeye", "Titos", "Admiral Nelson", "Black Velvet", "Captain Morgan", "Fireball"];

/** The last digit of a barcode. @param {string} digits */
function checked(digits) {
  let sum = 0;
  for (let n = 0; n < digits.length; n += 1) {
    sum += Number(digits[digits.length - 1 - n]) * (n % 2 ? 1 : 3);
  }
  return digits + String((10 - (sum % 10)) % 10);
}

/** A product of pieces and cases. @param {string} id @param {Row} [more] @returns {Row} */
export function product(id, { gtin = null, case: size = 12, ...more } = {}) {
  return {
    id, scope: "co", version: 1, name: `Product ${id}`, brand: null, category: null,
    status: "active", volume_ml: 750, weight_g: null, tax_class: "std", min_quantity: 1,
    multiple: 1, substitute: null,
    uoms: [["each", 1, 1, gtin, true], ["case", size, 1, null, true]],
    unsent: false, outcome: null, ...more,
  };
}

/** So many products with names, brands and barcodes. @param {number} count */
export function products(count) {
  return Array.from({ length: count }, (_, n) => {
    const brand = BRANDS[n % BRANDS.length];
    const name = `${brand} ${WORDS[n % WORDS.length]} ${(n % 7) * 50 + 50} ml No ${n}`;
    const gtin = checked(`40063${String(n).padStart(7, "0")}`);
    return product(String(20000 + n), { name, brand, category: WORDS[n % WORDS.length], gtin });
  });
}
