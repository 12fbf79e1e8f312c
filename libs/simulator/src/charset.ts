/** `TextEncoder` and `TextDecoder` stand in every browser and in Node, but in no ECMAScript library file. */
declare const TextDecoder: new (label?: string) => { decode(input: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

export type Charset = 'utf-8' | 'utf-8-bom' | 'gbk' | 'gb18030';

const utf8 = new TextEncoder();
const NEW_LINE = 0x0a;
const QUESTION = 0x3f;
const SUPPLEMENTARY = 0x10000;
/** Pointer of U+10000 among the four-byte sequences of GB 18030. */
const FIRST_SUPPLEMENTARY = 189_000;
/** Four-byte sequences of the basic plane. */
const BASIC_FOURS = 39_420;

/**
 * Bytes of a text. What GBK has no sign for (emoji, say) becomes `?`, as most platforms write it; GB 18030 has a sign for
 * everything.
 */
export function encodeText(text: string, charset: Charset = 'utf-8'): Uint8Array {
  if (charset === 'utf-8') return utf8.encode(text);
  if (charset === 'utf-8-bom') return utf8.encode(`\uFEFF${text}`);
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? QUESTION;
    if (code < 0x80) out.push(code);
    else {
      const pair = pairs().get(character);
      if (pair !== undefined) out.push(pair >> 8, pair & 0xff);
      else if (charset === 'gbk') out.push(QUESTION);
      else out.push(...fourBytes(pointerOf(character, code)));
    }
  }
  return Uint8Array.from(out);
}

let knownPairs: Map<string, number> | undefined;
let knownFours: Map<string, number> | undefined;

/** Character → its two bytes. Every runtime can read the character set and none writes it: the table is read backwards. */
function pairs(): Map<string, number> {
  if (knownPairs !== undefined) return knownPairs;
  const codes: number[] = [];
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) if (trail !== 0x7f) codes.push((lead << 8) | trail);
  }
  knownPairs = readBackwards(
    codes,
    codes.flatMap((code) => [code >> 8, code & 0xff, NEW_LINE]),
  );
  return knownPairs;
}

function pointerOf(character: string, code: number): number {
  if (code >= SUPPLEMENTARY) return FIRST_SUPPLEMENTARY + code - SUPPLEMENTARY;
  if (knownFours === undefined) {
    const pointers = Array.from({ length: BASIC_FOURS }, (_, pointer) => pointer);
    knownFours = readBackwards(
      pointers,
      pointers.flatMap((pointer) => [...fourBytes(pointer), NEW_LINE]),
    );
  }
  return knownFours.get(character) ?? 0;
}

function readBackwards(codes: readonly number[], bytes: number[]): Map<string, number> {
  const table = new Map<string, number>();
  new TextDecoder('gb18030')
    .decode(Uint8Array.from(bytes))
    .split('\n')
    .forEach((character, index) => {
      const code = codes[index];
      // what is no character stays a replacement sign or falls apart
      if (code !== undefined && [...character].length === 1 && character !== '\uFFFD' && !table.has(character)) {
        table.set(character, code);
      }
    });
  return table;
}

function fourBytes(pointer: number): [number, number, number, number] {
  return [
    0x81 + Math.floor(pointer / 12_600),
    0x30 + (Math.floor(pointer / 1260) % 10),
    0x81 + (Math.floor(pointer / 10) % 126),
    0x30 + (pointer % 10),
  ];
}
