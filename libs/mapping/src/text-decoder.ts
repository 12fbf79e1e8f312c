/** `TextDecoder` stands in every browser and in Node, but in no ECMAScript library file. */
export interface CharsetDecoder {
  decode(input?: Uint8Array): string;
}
declare const TextDecoder: new (label?: string, options?: { fatal?: boolean }) => CharsetDecoder;

/** A strict decoder of a character set (WHATWG label): malformed bytes throw. Throws RangeError for unknown labels. */
export function charset(label: string): CharsetDecoder {
  return new TextDecoder(label, { fatal: true });
}
