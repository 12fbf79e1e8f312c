import type { ArgSchema } from '../args.js';
import { toHex } from '../base64.js';
import { DecodeError } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { crc16Arc, crc16Modbus, sumOf, xorOf } from './checks.js';
import { asBytes } from './decoder.js';

const KINDS = {
  'crc16-modbus': { size: 2, of: crc16Modbus },
  'crc16-arc': { size: 2, of: crc16Arc },
  xor: { size: 1, of: xorOf },
  sum: { size: 1, of: sumOf },
} as const;

interface FrameCheckOptions {
  kind: keyof typeof KINDS;
  /** first byte that is summed; default 0 */
  from?: number;
  /** the sum's low byte comes first, as Modbus RTU has it */
  little?: boolean;
}

export const FRAME_CHECK_OPTIONS: ArgSchema = {
  type: 'object',
  properties: {
    kind: { enum: Object.keys(KINDS) },
    from: { type: 'integer', minimum: 0, maximum: 65_536 },
    little: { type: 'boolean' },
  },
  required: ['kind'],
  additionalProperties: false,
};

/** Verifies the sum at the end of a frame and takes it off. */
export function frameCheck({ kind, from = 0, little = false }: FrameCheckOptions): Decoder {
  const { size, of } = KINDS[kind];
  return (input) => {
    const bytes = asBytes(input);
    const end = bytes.length - size;
    if (end < from) throw new DecodeError(`${bytes.length} bytes hold no ${kind}`);
    const sum = of(bytes.subarray(from, end));
    const computed = toHex(new Uint8Array(size === 1 ? [sum] : little ? [sum & 255, sum >> 8] : [sum >> 8, sum & 255]));
    const given = toHex(bytes.subarray(end));
    if (given !== computed)
      throw new DecodeError(`the ${kind} at byte ${end} is ${given}, the bytes before it give ${computed}`);
    return bytes.subarray(0, end);
  };
}
