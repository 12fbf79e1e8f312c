import { Memory } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../../../../libs/mapping/src/failure.js';
import { decode, text, wrong } from './support.js';

function varint(value: bigint | number): number[] {
  let left = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  do {
    const low = Number(left & 127n);
    left >>= 7n;
    out.push(left > 0n ? low | 128 : low);
  } while (left > 0n);
  return out;
}
const number = (field: number, value: bigint | number): number[] => [...varint(field << 3), ...varint(value)];
const bytesField = (field: number, bytes: ArrayLike<number>): number[] => [
  ...varint((field << 3) | 2),
  ...varint(bytes.length),
  ...Array.from(bytes),
];
const float = (field: number, value: number): number[] => [
  ...varint((field << 3) | 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];
const named = (name: string): number[] => bytesField(1, text(name));
const alias = (value: number): number[] => number(2, value);
const type = (value: number): number[] => number(4, value);
const payload = (seq: number | null, ...metrics: number[][]): Uint8Array =>
  new Uint8Array([
    ...number(1, 1_783_000_000_000),
    ...metrics.flatMap((metric) => bytesField(2, metric)),
    ...(seq === null ? [] : number(3, seq)),
  ]);

interface Tree {
  metrics: ({ name: string; value: unknown; type?: string } | Failure)[];
  devices: string[];
  stale?: boolean;
}

class Node {
  constructor(readonly memory = new Memory()) {}
  /** The same in the next run of the process, which has what lasted. */
  restarted(): Node {
    const memory = new Memory();
    for (const [key, kept] of this.memory.takeLasting()) if (kept !== null) memory.restore(key, kept);
    return new Node(memory);
  }
  say(kind: string, bytes: Uint8Array, device?: string): Tree {
    const topic = `spBv1.0/g/${kind}/n${device === undefined ? '' : `/${device}`}`;
    return decode('sparkplug-b', bytes, { topic, memory: this.memory }) as Tree;
  }
}
const birth = payload(
  0,
  [...named('bdSeq'), ...type(8), ...number(11, 4)],
  [...named('Level'), ...alias(1), ...type(9), ...float(12, 3.25)],
);
const details = ({ metrics }: Tree): string[] => metrics.flatMap((one) => (one instanceof Failure ? [one.detail] : []));

describe('sparkplug-b', () => {
  it('reads every kind of value by its type', () => {
    const tree = new Node().say(
      'NBIRTH',
      payload(
        0,
        [...named('i8'), ...type(1), ...number(10, 0xfb)],
        [...named('i32'), ...type(3), ...number(10, 0xfffffffe)],
        [...named('i64'), ...type(4), ...number(11, -3)],
        [...named('u64'), ...type(8), ...number(11, 9_007_199_254_740_993n)],
        [...named('bool'), ...type(11), ...number(14, 1)],
        [...named('text'), ...type(12), ...bytesField(15, text('水'))],
        [...named('bytes'), ...type(17), ...bytesField(16, [1, 255])],
        [...named('none'), ...type(9), ...number(7, 1)],
      ),
    );
    expect(tree.metrics.map((one) => (one instanceof Failure ? one : one.value))).toEqual([
      -5,
      -2,
      -3,
      '9007199254740993',
      true,
      '水',
      '01ff',
      null,
    ]);
  });

  it('a data set is refused in its place', () => {
    expect(details(new Node().say('NDATA', payload(1, [...named('d'), ...bytesField(17, [])])))).toEqual([
      'metric 0: a data set is not read',
    ]);
  });

  it('resolves aliases of the last birth, and rejects those it never saw', () => {
    const node = new Node();
    const data = payload(1, [...alias(1), ...float(12, 3.5)], [...alias(2), ...float(12, 1)]);
    expect(details(node.say('NDATA', data))).toHaveLength(2);
    node.say('NBIRTH', birth);
    const tree = node.say('NDATA', data);
    expect(tree.metrics[0]).toMatchObject({ name: 'Level', type: 'Float', value: 3.5 });
    expect(details(tree)).toEqual(['alias 2 of g/n is not known: no birth of it was received']);
    node.say('NBIRTH', payload(0, [...named('Other'), ...alias(7)]));
    expect(details(node.say('NDATA', data))).toHaveLength(2);
  });

  it('a gap in seq is a failure behind the metrics; a redelivery and the turn from 255 to 0 are none', () => {
    const node = new Node();
    node.say('NBIRTH', birth);
    expect(details(node.say('NDATA', payload(1)))).toEqual([]);
    expect(details(node.say('NDATA', payload(1)))).toEqual([]);
    expect(details(node.say('DDATA', payload(3), 'd'))).toEqual([
      'seq 3 comes after 1 of g/n: messages between are missing',
    ]);
    expect(details(node.say('NDATA', payload(4)))).toEqual([]);
    for (let seq = 5; seq < 256; seq++) expect(details(node.say('NDATA', payload(seq)))).toEqual([]);
    expect(details(node.say('NDATA', payload(0)))).toEqual([]);
  });

  it('a death names the devices of the session; the will of an earlier one is stale', () => {
    const node = new Node();
    node.say('NBIRTH', birth);
    node.say('DBIRTH', payload(1), 'pump');
    const will = (session: number): Uint8Array =>
      payload(null, [...named('bdSeq'), ...type(8), ...number(11, session)]);
    expect(node.say('NDEATH', will(3))).toMatchObject({ stale: true, devices: [] });
    const death = node.say('NDEATH', will(4));
    expect(death.devices).toEqual(['pump']);
    expect(death.stale).toBeUndefined();
    expect(details(node.say('NBIRTH', birth))).toEqual([]);
  });

  it('nodes are apart, also those of the same name in another group', () => {
    const node = new Node();
    node.say('NBIRTH', birth);
    const other = decode('sparkplug-b', payload(9, [...alias(1), ...float(12, 1)]), {
      topic: 'spBv1.0/h/NDATA/n',
      memory: node.memory,
    }) as Tree;
    expect(details(other)).toEqual(['alias 1 of h/n is not known: no birth of it was received']);
  });

  it('reads the JSON rendering', () => {
    const json = '{"timestamp":5,"seq":0,"metrics":[{"name":"a","dataType":"Float","value":1.5,"timestamp":7},3]}';
    const tree = new Node().say('NBIRTH', text(json));
    expect(tree.metrics[0]).toMatchObject({ name: 'a', type: 'Float', value: 1.5, at: 7 });
    expect(details(tree)).toEqual(['metric 1 is no object']);
  });

  it('says what is wrong', () => {
    const topic = 'spBv1.0/g/NDATA/n';
    expect(wrong('sparkplug-b', birth.subarray(0, 12), { topic })).toMatch(
      /^the payload ends at byte 12; \d+ are needed/,
    );
    expect(wrong('sparkplug-b', new Uint8Array([0x0b]), { topic })).toContain('wire type 3');
    expect(wrong('sparkplug-b', new Uint8Array(11).fill(0xff), { topic })).toContain('has no end');
    expect(wrong('sparkplug-b', new Uint8Array([0x10, 1]), { topic })).toBe('a metric is no message');
    expect(wrong('sparkplug-b', birth, { topic: 'spBv1.0/g/DDATA/n' })).toContain('is no topic of an edge node');
    expect(wrong('sparkplug-b', birth, { topic: 'a/b' })).toContain('is no topic of an edge node');
    expect(wrong('sparkplug-b', payload(0, [], [], []), { topic, elements: 2 })).toBe('more than 2 metrics');
  });

  it('births last: after a restart aliases are known, marked as recalled until the next birth', () => {
    const before = new Node();
    before.say('NBIRTH', birth);
    before.say('DBIRTH', payload(1, [...named('Flow'), ...alias(2), ...type(1)]), 'pump');
    before.say('NDATA', payload(2, [...alias(1), ...float(12, 3.5)]));
    const node = before.restarted();
    const tree = node.say('DDATA', payload(9, [...alias(2), ...number(10, 0xfb)]), 'pump');
    expect(tree.metrics).toEqual([expect.objectContaining({ name: 'Flow', type: 'Int8', value: -5, recalled: true })]);
    expect(details(node.say('NDATA', payload(11)))).toHaveLength(1);
    expect(node.memory.takeLasting()).toEqual(new Map());
    node.say('DBIRTH', payload(12, [...named('Flow'), ...alias(2), ...type(1)]), 'pump');
    const later = node.say('NDATA', payload(13, [...alias(1), ...float(12, 3.5)], [...alias(2), ...number(10, 1)]));
    expect(later.metrics).toMatchObject([{ name: 'Level', recalled: true }, { name: 'Flow' }]);
    expect(later.metrics[1]).not.toHaveProperty('recalled');
  });

  it('after a restart a death is of the last session, or of one whose birth was missed, unless it is of an earlier one', () => {
    const before = new Node();
    before.say('NBIRTH', birth);
    before.say('DBIRTH', payload(1), 'pump');
    const node = before.restarted();
    const will = (session: number): Tree =>
      new Node(node.memory.copy()).say(
        'NDEATH',
        payload(null, [...named('bdSeq'), ...type(8), ...number(11, session)]),
      );
    expect(will(3)).toMatchObject({ stale: true });
    expect(will(4)).toMatchObject({ devices: ['pump'] });
    expect(will(6)).toMatchObject({ devices: ['pump'] });
    expect(will(6).stale).toBeUndefined();
  });

  it('what lasted and is no birth is as good as nothing', () => {
    for (const kept of ['7', 'null', '[]', '{', '{"aliases":[["1"],7,[1,"a"]],"devices":{}}']) {
      const memory = new Memory();
      memory.restore('g/n', kept);
      const tree = new Node(memory).say('NDATA', payload(1, [...alias(1), ...float(12, 3.5)]));
      expect(details(tree)).toEqual(['alias 1 of g/n is not known: no birth of it was received']);
    }
  });

  it('what it remembers is bounded', () => {
    const memory = new Memory(1000, 50);
    for (let i = 0; i < 500; i++) decode('sparkplug-b', birth, { topic: `spBv1.0/g/NBIRTH/n${i}`, memory });
    expect(memory.size).toBe(50);
    expect(memory.units).toBeLessThanOrEqual(1000);
  });
});
