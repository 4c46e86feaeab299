// The types of vendor/hash.js.

export declare function sha256(bytes: Uint8Array): Uint8Array;
