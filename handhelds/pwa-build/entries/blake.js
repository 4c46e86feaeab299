// BLAKE2b, fetched only when the copy is compared with the server's rows: vendor/blake.js. Compiled
// (createBLAKE2b), and for browsers that are forbidden to run what was compiled, ten times slower.

export { blake2b } from "@noble/hashes/blake2.js";
export { createBLAKE2b } from "hash-wasm";
