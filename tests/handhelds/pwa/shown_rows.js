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

/** A line of a card as it travels. @param {string} code @param {Row} [more] @returns {any[]} */
export function cardLine(code, more = {}) {
  const line = {
    product: code, listed: true, on_shelf: true, facings: 2, shelf_stock: 6, back_stock: 0,
    price_minor: 1899, promotion_seen: false, out_of_stock: false, nearest_expiry: null, ...more,
  };
  return Object.values(line);
}

/** A line of an order as it travels. @param {number} n @param {string} code
 * @param {Row} [more] @returns {any[]} */
export function orderLine(n, code, more = {}) {
  const line = {
    n, product: code, uom: "case", typed: "1", ordered: 12, unit_price: "5.03",
    discount_minor: 0, net_minor: 6036, confirmed: null, backordered: null, cut: null,
    cut_reason: null, shipped: null, delivered: null, state: "submitted", promotions: {}, ...more,
  };
  return Object.values(line);
}
