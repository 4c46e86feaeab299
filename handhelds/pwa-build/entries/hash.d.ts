// The types of vendor/hash.js.

export declare function blake2b(bytes: Uint8Array, options: { dkLen: number }): Uint8Array;
export declare function sha256(bytes: Uint8Array): Uint8Array;
