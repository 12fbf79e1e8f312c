import type { ArgSchema } from '../args.js';
import { DecodeError } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { charset } from '../text-decoder.js';

/** One entry of the table of decoders. */
export interface DecoderEntry {
  name: string;
  /** one sentence, no full stop at the end */
  doc: string;
  /** null: no options */
  options: ArgSchema | null;
  make(options: never): Decoder;
}

const utf8 = charset('utf-8');

/** Text of bytes as strict UTF-8, or text as it is. */
export function asText(input: unknown): string {
  if (typeof input === 'string') return input;
  if (!(input instanceof Uint8Array)) throw new DecodeError('neither bytes nor text');
  try {
    return utf8.decode(input);
  } catch {
    throw new DecodeError('the bytes are not UTF-8');
  }
}

export function asBytes(input: unknown): Uint8Array {
  if (input instanceof Uint8Array) return input;
  throw new DecodeError('bytes are needed here');
}

/** An object that inherits nothing, so that names from outside (`__proto__`) are plain names. */
export function bare(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
