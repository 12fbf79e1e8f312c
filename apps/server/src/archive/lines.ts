import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Longer lines are none of the archive's, bytes. */
const LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 10;

export interface RawLine {
  /** without the newline */
  bytes: Buffer;
  /** whether a newline ended it: the last one of a file may be torn */
  whole: boolean;
}

/**
 * Lines of a file, plain or `.gz`, split at newlines alone (`readline` also splits at U+2028, which JSON may hold).
 * @param offset bytes left out at the beginning of a plain file
 */
export async function* linesOf(path: string, offset = 0): AsyncGenerator<RawLine> {
  const file = createReadStream(path, { start: offset });
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // pipe() does not pass errors on
  if (source !== file) file.on('error', (error) => source.destroy(error));
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const part = chunk.subarray(from, at);
      yield { bytes: rest.length ? Buffer.concat([...rest, part]) : part, whole: true };
      rest = [];
      length = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > LINE_BYTES) break;
    }
  }
  if (length > 0) yield { bytes: Buffer.concat(rest), whole: false };
}
