import { DECODERS, explainFeeds, type FeedSpec, OPERATORS, operatorReference } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { message, NOW } from './support.js';

const FEEDS: FeedSpec[] = [
  { id: 'other', topic: 'other/#', ignore: true },
  {
    id: 'pump',
    topic: 'water/{key}/tele',
    asset: 'pump/{key}',
    when: { path: 'kind', is: 'pump' },
    each: 'points',
    at: { path: '$.ts', as: 'unix_ms' },
    readings: { level: { path: 'v', ops: ['number', { scale: 0.01 }] } },
    occurrences: [{ id: { text: 'e/{key}/{at}' }, type: 'event', when: { path: 'e', exists: true }, status: 'e' }],
  },
];
const explain = (topic: string, payload: unknown) => explainFeeds(FEEDS, { system: 'water' }, message(topic, payload));

describe('explainFeeds', () => {
  it('tells every step of the same mapping', () => {
    const { steps, results } = explain('water/p7/tele', {
      kind: 'pump',
      ts: NOW,
      points: [{ v: '3.21' }, { v: 'x', e: 'fault' }],
    });
    expect(results).toMatchObject([
      {
        feed: 'pump',
        readings: [{ key: 'p7', value: 0.0321 }],
        occurrences: [{ status: 'fault' }],
        rejections: [{ reason: 'type' }],
      },
    ]);
    const text = steps.map((step) => `${'  '.repeat(step.depth)}${step.text}`).join('\n');
    expect(text).toContain('topic water/p7/tele does not match feed 1 (other)');
    expect(text).toContain('topic matched feed 2 (pump): key = "p7"');
    expect(text).toContain('when: path kind = "pump"');
    expect(text).toContain('each points: 2 elements');
    expect(text).toContain('level: path v = "3.21" → number 3.21 → scale 0.0321');
    expect(text).toContain('reading pump/p7 level = 0.0321 at 2026-07-09T06:35:02.000Z (good)');
    expect(text).toContain('level: path v = "x" → number "x" is no number');
    expect(text).toContain('rejected, type: level: "x" is no number');
    expect(text).toMatch(/occurrence event "e\/p7\/\d+" fault at/);
    expect(steps.some((step) => step.failed)).toBe(true);
  });

  it('tells why nobody took a message', () => {
    expect(explain('water/p7/tele', { kind: 'gate' }).steps.at(-1)).toMatchObject({
      failed: true,
      text: expect.stringContaining('no-feed'),
    });
    expect(explain('water/p7/tele', '{').steps.at(-1)).toMatchObject({
      failed: true,
      text: expect.stringContaining('decode'),
    });
    expect(explain('nobody', {})).toMatchObject({ results: [] });
    expect(explain('other/x', 'anything').steps.at(-1)?.text).toContain('yields nothing');
  });
});

describe('operatorReference', () => {
  it('names every operator and decoder, with examples', () => {
    const text = operatorReference();
    for (const { name } of [...OPERATORS, ...DECODERS]) expect(text).toContain(`| \`${name}\` |`);
    expect(text).toContain('`250` → `{ unit: ["kPa","bar"] }` → `2.5`');
    expect(text).toContain('*missing*');
    for (const line of text.split('\n').filter((line) => line.startsWith('| `'))) {
      expect([5, 7]).toContain(line.replaceAll('\\|', '').split('|').length);
    }
  });
});
