// Reading codes from a camera's picture where the browser cannot: vendor/scanner.js, and beside it
// scanner.wasm. It would fetch that from a stranger's address; here it is told ours.

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

let ready = false;

/** Codes seen in a picture: [{text, format}]. formats: names as "EAN-13", "QRCode". */
export async function codesIn(picture, formats) {
  if (!ready) {
    const address = new URL("scanner.wasm", import.meta.url).href;
    prepareZXingModule({ overrides: { locateFile: () => address } });
    ready = true;
  }
  const found = await readBarcodes(picture, { formats, tryHarder: true, maxNumberOfSymbols: 4 });
  return found.filter((one) => one.isValid).map(({ text, format }) => ({ text, format }));
}
