// The types of vendor/zstd.js.

export declare function decompress(bytes: Uint8Array): Uint8Array;
