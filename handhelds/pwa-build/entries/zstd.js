// Unpacks prepared rows, fetched only when a pull names some: vendor/zstd.js.

export { decompress } from "fzstd";
