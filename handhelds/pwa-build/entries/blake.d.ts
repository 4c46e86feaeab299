// The types of vendor/blake.js.

export declare function blake2b(bytes: Uint8Array, options: { dkLen: number }): Uint8Array;
interface Hasher {
  init(): Hasher;
  update(bytes: Uint8Array): Hasher;
  digest(how: "binary"): Uint8Array;
}
export declare function createBLAKE2b(bits: number): Promise<Hasher>;
