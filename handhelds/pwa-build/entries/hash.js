// SHA-256: vendor/hash.js. Browsers have it only where the address is https.

export { sha256 } from "@noble/hashes/sha2.js";
