import { gunzipSync, inflateSync } from 'node:zlib';
import { DecodeError, type DecoderFactory } from '@citywall/mapping';

/** A decompressor that ends at the message's size limit, so that a small message cannot become a large one. */
const inflating =
  (what: string, inflate: typeof gunzipSync): DecoderFactory =>
  () =>
  (input, { limits }) => {
    if (!(input instanceof Uint8Array)) throw new DecodeError(`${what} works on bytes, put it before text decoders`);
    try {
      return new Uint8Array(inflate(input, { maxOutputLength: limits.bytes }));
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      if (tooLarge) throw new DecodeError(`more than ${limits.bytes} bytes after ${what}`, 'too-large');
      throw new DecodeError(`not ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

/** Decoders that need Node: feeds name them like those of `@citywall/mapping`. */
export const DECODERS: Record<string, DecoderFactory> = {
  gzip: inflating('gzip', gunzipSync),
  zlib: inflating('zlib', inflateSync),
};
