import {
  type CompiledScene,
  encodeDelta,
  encodeDeltaFrame,
  encodeSnapshot,
  encodeState,
  type Frame,
  type FrameHead,
  PROTOCOL_VERSION,
  stateOf,
} from '@citywall/protocol';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Link } from '../../../../../apps/wall/src/transport/frameSource.js';
import { type LiveOptions, LiveSource, type SocketLike } from '../../../../../apps/wall/src/transport/liveSource.js';

const LAYOUT: CompiledScene = {
  id: 'overview',
  version: '1',
  name: { zh: '总览', en: 'Overview' },
  grid: { columns: 1, rows: 1 },
  panels: [],
  views: [{ kind: 'systems' }],
};

/** A socket whose server is the test. */
class FakeSocket implements SocketLike {
  connected = false;
  active = true;
  connects = 0;
  sent: { event: string; args: unknown[] }[] = [];
  private readonly listeners = new Map<string, ((...args: unknown[]) => void)[]>();

  on(event: string, listener: (...args: never[]) => void): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener as (...args: unknown[]) => void]);
    return this;
  }
  emit(event: string, ...args: unknown[]): this {
    this.sent.push({ event, args });
    return this;
  }
  connect(): this {
    this.connects += 1;
    return this;
  }
  disconnect(): this {
    this.connected = false;
    return this;
  }
  fire(event: string, ...args: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(...args);
  }
  open(): void {
    this.connected = true;
    this.fire('connect');
  }
  drop(reason = 'transport close'): void {
    this.connected = false;
    this.fire('disconnect', reason);
  }
  last(event: string): unknown[] | undefined {
    return this.sent.findLast((message) => message.event === event)?.args;
  }
  count(event: string): number {
    return this.sent.filter((message) => message.event === event).length;
  }
  reply(answer: unknown): void {
    (this.last('join')![1] as (answer: unknown) => void)(answer);
  }
}

function head(seq: number, epoch = 'a', at = 1_000): FrameHead {
  return { v: PROTOCOL_VERSION, scene: 'overview', seq, epoch, at, mode: 'live', rate: 1 };
}
const body = { layout: LAYOUT, demo: true, demoExternal: false };
const snapshot = (seq: number, epoch = 'a') =>
  encodeSnapshot(head(seq, epoch), body, [encodeState(stateOf([['w', { fresh: 1 }]]))]);
const delta = (seq: number, epoch = 'a', at = 1_000) =>
  encodeDeltaFrame(head(seq, epoch, at), [[0, encodeDelta({ meta: { count: seq } })]]);

function started(more: Partial<LiveOptions> = {}) {
  const socket = new FakeSocket();
  const frames: Frame[] = [];
  const links: Link[] = [];
  const clocks: number[] = [];
  const reload = jest.fn();
  const source = new LiveSource({
    scene: 'overview',
    ...more,
    connect: () => socket,
    now: () => Date.now(),
    healthy: async () => true,
    reload,
  });
  source.start({
    frame: (frame) => frames.push(frame),
    link: (link) => links.push(link),
    clock: ({ at }) => clocks.push(at),
  });
  return { socket, frames, links, clocks, reload, source, phase: () => links.at(-1)!.phase };
}

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('live frames', () => {
  it('joins the scene on connect, holding nothing', () => {
    const { socket, phase } = started();
    expect(phase()).toBe('connecting');
    socket.open();
    expect(socket.last('join')![0]).toEqual({ v: PROTOCOL_VERSION, scene: 'overview' });
  });

  it('hands on a snapshot and the deltas after it, in ArrayBuffers as browsers get them', () => {
    const { socket, frames, phase } = started();
    socket.open();
    socket.fire('frame', new Uint8Array(snapshot(5)).buffer);
    socket.fire('frame', delta(6));
    expect(frames.map((frame) => [frame.kind, frame.seq])).toEqual([
      ['snapshot', 5],
      ['delta', 6],
    ]);
    expect(phase()).toBe('live');
  });

  it('asks for a snapshot on a gap and shows nothing until it came', () => {
    const { socket, frames } = started();
    socket.open();
    socket.fire('frame', snapshot(5));
    socket.fire('frame', delta(7));
    socket.fire('frame', delta(8));
    expect(socket.count('resync')).toBe(1);
    expect(frames).toHaveLength(1);
    socket.fire('frame', delta(9, 'a', 1_000 + 3_000));
    expect(socket.count('resync')).toBe(2);
    socket.fire('frame', snapshot(9));
    socket.fire('frame', delta(10));
    expect(frames.map((frame) => frame.seq)).toEqual([5, 9, 10]);
  });

  it('asks for a snapshot when the server’s run changed', () => {
    const { socket, frames } = started();
    socket.open();
    socket.fire('frame', snapshot(5));
    socket.fire('frame', delta(6, 'b'));
    expect(socket.count('resync')).toBe(1);
    expect(frames).toHaveLength(1);
  });

  it('asks for a snapshot when bytes are not a frame, or the frame does not fit', () => {
    const { socket, frames } = started();
    socket.open();
    socket.fire('frame', snapshot(5));
    socket.fire('frame', new Uint8Array([0xc1]));
    expect(socket.count('resync')).toBe(1);
    expect(frames).toHaveLength(1);
  });

  it('[PR22] asks for what visitors may see where its screen is for them', () => {
    const { socket } = started({ audience: 'visitors' });
    socket.open();
    expect(socket.last('join')![0]).toEqual({ v: PROTOCOL_VERSION, scene: 'overview', audience: 'visitors' });
  });

  it('says that the link is lost, joins again with what it holds, and goes on', () => {
    const { socket, frames, phase, reload } = started();
    socket.open();
    socket.fire('frame', snapshot(5));
    socket.fire('frame', delta(6));
    socket.drop();
    expect(phase()).toBe('reconnecting');
    socket.open();
    expect(socket.last('join')![0]).toMatchObject({ have: { epoch: 'a', seq: 6 } });
    socket.reply({ ok: true });
    expect(phase()).toBe('live');
    socket.fire('frame', delta(7));
    expect(frames.at(-1)!.seq).toBe(7);
    expect(reload).not.toHaveBeenCalled();
  });

  it('comes back when the server closed the namespace, which Socket.IO does not', () => {
    const { socket } = started();
    socket.open();
    socket.drop('io server disconnect');
    jest.advanceTimersByTime(1_000);
    expect(socket.connects).toBe(1);
  });

  it('comes back when it was turned away while connecting', () => {
    const { socket } = started();
    socket.active = false;
    socket.fire('connect_error', new Error('no'));
    jest.advanceTimersByTime(1_000);
    expect(socket.connects).toBe(1);
  });

  it('asks again when it was refused, and says why', () => {
    const { socket, links } = started();
    socket.open();
    socket.reply({ ok: false, reason: 'unknown-scene' });
    expect(links.at(-1)).toMatchObject({ phase: 'refused', reason: 'unknown-scene' });
    jest.advanceTimersByTime(1_000);
    expect(socket.count('join')).toBe(2);
    socket.fire('frame', snapshot(1));
    expect(links.at(-1)!.phase).toBe('live');
  });

  it('a server that is shutting down is a lost link, not a refusal', () => {
    const { socket, phase } = started();
    socket.open();
    socket.fire('frame', snapshot(1));
    socket.fire('close', { reason: 'shutdown' });
    expect(phase()).toBe('reconnecting');
  });

  it('loads the page anew when the server speaks another version', () => {
    const { socket, reload } = started();
    socket.open();
    socket.reply({ ok: false, reason: 'version' });
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it('loads the page anew when the server answers for a minute but the socket will not connect', async () => {
    const { reload } = started();
    await jest.advanceTimersByTimeAsync(64_000);
    expect(reload).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(reload).toHaveBeenCalledTimes(1);
    expect(reload).toHaveBeenCalledWith('unreachable');
  });

  it('[PR17] says so when the socket stands but nothing comes, asks again, and opens another one at last', () => {
    const { socket, phase, links } = started();
    socket.open();
    socket.reply({ ok: true });
    socket.fire('frame', snapshot(1));
    expect(phase()).toBe('live');
    const heardAt = Date.now();
    jest.advanceTimersByTime(3_000);
    socket.fire('frame', delta(2));
    jest.advanceTimersByTime(3_000);
    expect(phase()).toBe('live');
    jest.advanceTimersByTime(1_000);
    expect(links.at(-1)).toEqual({ phase: 'reconnecting', since: heardAt + 3_000 });
    expect(socket.count('join')).toBe(2);
    // a server that answers but sends no frames is not live
    socket.reply({ ok: true });
    expect(phase()).toBe('reconnecting');
    jest.advanceTimersByTime(12_000);
    expect(socket.connects).toBe(1);
    socket.open();
    socket.reply({ ok: true });
    socket.fire('frame', delta(3));
    expect(phase()).toBe('live');
  });

  it('a page that can join but gets no picture is loaded anew after a minute; one that was refused is not', async () => {
    const joined = started();
    joined.socket.open();
    joined.socket.reply({ ok: true });
    await jest.advanceTimersByTimeAsync(70_000);
    expect(joined.reload).toHaveBeenCalledTimes(1);
    joined.source.stop();

    const refused = started();
    refused.socket.open();
    refused.socket.reply({ ok: false, reason: 'unauthorized' });
    await jest.advanceTimersByTimeAsync(70_000);
    expect(refused.reload).not.toHaveBeenCalled();
  });

  it('asks for the server’s clock', () => {
    const { socket, clocks } = started();
    socket.open();
    (socket.last('clock')![1] as (reading: unknown) => void)({ at: 77 });
    expect(clocks).toEqual([77]);
    jest.advanceTimersByTime(5_000);
    expect(socket.count('clock')).toBe(2);
  });

  it('stops altogether', () => {
    const { socket, source, links } = started();
    socket.open();
    socket.drop('io server disconnect');
    source.stop();
    const said = links.length;
    jest.advanceTimersByTime(120_000);
    expect(socket.connects).toBe(0);
    expect(links).toHaveLength(said);
    expect(jest.getTimerCount()).toBe(0);
  });
});
