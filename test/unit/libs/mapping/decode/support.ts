import { type DecodeStep, Memory } from '@citywall/mapping';
import { compileDecoders } from '../../../../../libs/mapping/src/decode/index.js';
import { DecodeError } from '../../../../../libs/mapping/src/failure.js';
import { bytes, NOW } from '../support.js';

export const LIMITS = { bytes: 1_048_576, depth: 32, elements: 10_000 };

export interface Where {
  topic?: string;
  memory?: Memory;
  elements?: number;
}

export function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replace(/\s+/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function decode(step: DecodeStep | DecodeStep[], input: unknown, where: Where = {}): unknown {
  const { topic = 't', memory = new Memory(), elements = LIMITS.elements } = where;
  return compileDecoders(step, {})(input, { limits: { ...LIMITS, elements }, receivedAt: NOW, topic, memory });
}

/** What the decoder says is wrong; nothing where it is content. */
export function wrong(step: DecodeStep | DecodeStep[], input: unknown, where: Where = {}): string | undefined {
  try {
    decode(step, input, where);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

export const text = (written: string): Uint8Array => bytes(written);
