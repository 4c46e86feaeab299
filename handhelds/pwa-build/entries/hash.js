// The hashes of the protocol: vendor/hash.js. Browsers have SHA-256 only where the address is
// https, and BLAKE2b nowhere.

export { blake2b } from "@noble/hashes/blake2.js";
export { sha256 } from "@noble/hashes/sha2.js";
