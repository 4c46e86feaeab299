// The types of vendor/scanner.js.

export declare function codesIn(
  picture: ImageData | Blob,
  formats: string[],
): Promise<{ text: string; format: string }[]>;
