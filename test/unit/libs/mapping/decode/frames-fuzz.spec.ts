/** Frames that were right once, cut, changed and mixed: a decoder gives a tree or says what is wrong, and no more than that. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFeeds, type FeedSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { message, NOW } from '../support.js';

const SHELF = join(import.meta.dirname, '../../../../../libs/recipes');
const FAMILIES = ['chirpstack-v3', 'dsmr', 'dtu-environment', 'hj212', 'jtt808', 'milesight', 'sl651', 'sparkplug-b'];
/** `CITYWALL_FUZZ=20` gives twenty times as many. */
const EACH = 500 * Math.max(1, Math.floor(Number(process.env.CITYWALL_FUZZ ?? 1)) || 1);

/** xorshift32: the same inputs on every machine */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

interface CaseText {
  topic: string;
  payload: { json?: unknown; text?: string; hex?: string; base64?: string };
}

function bytesOf({ json, text, hex, base64 }: CaseText['payload']): Uint8Array {
  if (hex !== undefined) return Buffer.from(hex.replace(/\s+/g, ''), 'hex');
  return base64 === undefined ? Buffer.from(text ?? JSON.stringify(json)) : Buffer.from(base64, 'base64');
}

describe('changed frames', () => {
  it.each(FAMILIES)(`%s: ${EACH} of them`, (family) => {
    const read = (...path: string[]): unknown => parse(readFileSync(join(SHELF, family, ...path), 'utf8'));
    const { feeds } = read('recipe.yaml') as { feeds: FeedSpec[] };
    const compiled = compileFeeds(feeds, { system: 'fuzz', limits: { elements: 500 } });
    const cases = readdirSync(join(SHELF, family, 'cases')).map((file) => read('cases', file) as CaseText);
    const random = seeded(family.length * 7919 + 1);
    const reasons = new Map<string, number>();
    let readings = 0;
    for (let i = 0; i < EACH; i++) {
      const { topic, payload } = cases[random(cases.length)] as CaseText;
      let bytes = Uint8Array.from(bytesOf(payload));
      const changes = random(4);
      for (let change = 0; change < changes && bytes.length > 0; change++) {
        const at = random(bytes.length);
        const kind = random(4);
        if (kind === 0) bytes = bytes.slice(0, at);
        else if (kind === 1) bytes[at] = random(256);
        else if (kind === 2) bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + 1 + random(4))]);
        else bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(random(bytes.length))]);
      }
      for (const result of compiled.map(message(topic, bytes))) {
        readings += result.readings.length;
        for (const { at, value } of result.readings) {
          if (!Number.isFinite(at) || at > NOW + 300_000 || (typeof value === 'number' && !Number.isFinite(value))) {
            throw new Error(`${family}: a reading of ${String(value)} at ${at}`);
          }
        }
        for (const { reason, detail } of result.rejections) {
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
          expect(detail.length).toBeLessThan(1000);
        }
      }
    }
    expect([...reasons.keys()]).not.toContain('internal');
    expect(reasons.get('decode')).toBeGreaterThan(EACH / 50);
    expect(readings).toBeGreaterThan(EACH / 10);
  });
});
