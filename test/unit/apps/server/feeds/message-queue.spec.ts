import { describe, expect, it } from '@jest/globals';
import type { InboundMessage } from '../../../../../apps/server/src/feeds/inbound.js';
import { MessageQueue } from '../../../../../apps/server/src/feeds/message-queue.js';

const message = (name: number, qos: 0 | 1 = 1, bytes = 1): InboundMessage => ({
  topic: String(name),
  payload: new Uint8Array(bytes),
  receivedAt: 0,
  retained: false,
  origin: 'live',
  qos,
  dup: false,
  packetId: name,
  epoch: 1,
});
const names = (queue: MessageQueue) => queue.take(1e6, 1e9).map(({ topic }) => Number(topic));

describe('MessageQueue', () => {
  it('gives messages in order, in pieces by number and by bytes', () => {
    const queue = new MessageQueue();
    for (let i = 0; i < 10; i++) queue.push(message(i, 1, 10));
    expect(queue.take(3, 1e6).map(({ topic }) => topic)).toEqual(['0', '1', '2']);
    expect(queue.take(100, 25).map(({ topic }) => topic)).toEqual(['3', '4', '5']);
    expect(queue.length).toBe(4);
    expect(queue.bytes).toBe(40);
    expect(names(queue)).toEqual([6, 7, 8, 9]);
    expect(queue.take(5, 5)).toEqual([]);
  });

  it('gives a message that is larger than a batch alone', () => {
    const queue = new MessageQueue();
    queue.push(message(1, 1, 1000));
    queue.push(message(2, 1, 1000));
    expect(queue.take(500, 100)).toHaveLength(1);
  });

  it('gives up QoS 0, oldest first, and never QoS 1', () => {
    const queue = new MessageQueue({ messages: 6, bytes: 1e6 });
    for (let i = 0; i < 6; i++) expect(queue.push(message(i, i % 2 === 0 ? 0 : 1))).toBe(0);
    expect(queue.push(message(6, 1))).toBe(1);
    expect(queue.push(message(7, 0))).toBe(1);
    expect(queue.push(message(8, 1))).toBe(1);
    expect(queue.push(message(9, 1))).toBe(1);
    expect(queue.push(message(10, 1))).toBe(0);
    expect(queue.over).toBe(true);
    expect(names(queue)).toEqual([1, 3, 5, 6, 8, 9, 10]);
  });

  it('gives up by bytes too', () => {
    const queue = new MessageQueue({ messages: 100, bytes: 100 });
    queue.push(message(1, 0, 60));
    expect(queue.push(message(2, 0, 60))).toBe(1);
    expect(queue.bytes).toBe(60);
  });

  it('is over at its limits and relaxed below half of them', () => {
    const queue = new MessageQueue({ messages: 4, bytes: 1e6 });
    for (let i = 0; i < 4; i++) queue.push(message(i));
    expect([queue.over, queue.relaxed]).toEqual([true, false]);
    queue.take(1, 1e6);
    expect([queue.over, queue.relaxed]).toEqual([false, false]);
    queue.take(1, 1e6);
    expect(queue.relaxed).toBe(true);
  });

  it('is the same queue after any number of rounds of pushing, shedding and taking', () => {
    const queue = new MessageQueue({ messages: 50, bytes: 1e9 });
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    let model: { name: number; qos: 0 | 1 }[] = [];
    for (let name = 0; name < 20_000; name++) {
      const qos = random() < 0.5 ? 0 : 1;
      queue.push(message(name, qos));
      model.push({ name, qos });
      while (model.length > 50 && model.some((one) => one.qos === 0)) {
        model.splice(
          model.findIndex((one) => one.qos === 0),
          1,
        );
      }
      if (random() < 0.05) {
        const n = Math.floor(random() * 60);
        expect(queue.take(n, 1e9).map(({ topic }) => Number(topic))).toEqual(model.slice(0, n).map((one) => one.name));
        model = model.slice(n);
      }
      expect(queue.length).toBe(model.length);
    }
  });
});
