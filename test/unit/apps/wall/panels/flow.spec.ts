import { flowOptions } from '@citywall/pack-schema/panels';
import { type FlowRow, stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { flowPicture } from '../../../../../apps/wall/src/panels/flow/option.js';

const link = (step: number, from: string, to: string, count: number): [string, FlowRow] => [
  `${step}>${from}>${to}`,
  { step, from, to, count },
];
const name = { zh: '段', en: 'stage' };
const options = flowOptions.parse({
  stages: [
    { name, most: 3 },
    { name, order: ['受理', '结案'], words: { 结案: { zh: '结案', en: 'closed' } } },
    { name },
  ],
});
const size = { width: 700, height: 300, node: 10, gap: 10, label: 20, right: 120 };
const said = { none: 'not said', others: 'others' };
const state = stateOf([
  link(0, 'a', '结案', 40),
  link(0, 'b', '受理', 30),
  link(0, 'c', '结案', 5),
  link(0, 'd', '受理', 3),
  link(0, '', '结案', 2),
  link(1, '结案', '按时', 45),
  link(1, '结案', '', 2),
  link(1, '受理', '', 33),
  link(2, 'x', 'y', 9),
]);
const picture = () => flowPicture(state, options, size, 'en', said);

describe('flow', () => {
  it('says every count in words; the smallest values become one', () => {
    expect(picture().nodes.map(({ stage, name: word, count }) => [stage, word, count])).toEqual([
      [0, 'a', 40],
      [0, 'b', 30],
      [0, 'others', 10],
      [1, '受理', 33],
      [1, 'closed', 47],
      [2, '按时', 45],
      [2, 'not said', 35],
    ]);
    expect(picture().total).toBe(80);
    expect(picture().nodes[0]!.share).toBeCloseTo(0.5);
  });

  it('has bands as thick as their counts, that fill their nodes and no more', () => {
    const { nodes, bands } = picture();
    const scale = nodes[0]!.height / nodes[0]!.count;
    for (const node of nodes) expect(node.height / node.count).toBeCloseTo(scale);
    expect(bands.filter(({ from }) => from === 'others').map(({ to, count }) => [to, count])).toEqual([
      ['受理', 3],
      ['closed', 7],
    ]);
    for (const { path } of bands) expect(path).toMatch(/^M[\d. ]+C[\d. ]+V[\d.]+C[\d. ]+Z$/);
  });

  it('keeps nodes and names inside, and names off each other', () => {
    const { nodes } = picture();
    for (const node of nodes) {
      expect(node.y).toBeGreaterThanOrEqual(-0.001);
      expect(node.y + node.height).toBeLessThanOrEqual(size.height + 0.001);
      for (const other of nodes) {
        if (other !== node && other.stage === node.stage) {
          expect(Math.abs(other.labelY - node.labelY)).toBeGreaterThanOrEqual(size.label - 0.001);
        }
      }
    }
  });

  it('is empty where nothing passed or nothing is known', () => {
    for (const none of [null, stateOf([]), stateOf([link(0, 'a', 'b', 1)], { error: 'not-loaded' })]) {
      expect(flowPicture(none, options, size, 'zh', said)).toEqual({ nodes: [], bands: [], total: 0 });
    }
    expect(flowPicture(state, options, { ...size, width: 0 }, 'zh', said).nodes).toEqual([]);
  });
});
