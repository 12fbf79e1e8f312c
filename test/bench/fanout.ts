/**
 * Fan-out: what does the server pay to send a 20 KB frame ten times a second to 200 displays? The real DisplayGateway in
 * a process of its own, with frames of random bytes in place of views. The floor, in turn in the same run: `ws` alone,
 * each frame made a websocket message once. Also: how late the ticks are, and the CPU of one more display (1 against 50).
 *
 * Usage: npm run bench fanout -- [--displays 200] [--seconds 5] [--runs 5] [--bytes 20000]
 */
import { fork } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { EVENTS, PROTOCOL_VERSION } from '@citywall/protocol';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { WebSocket, WebSocketServer } from 'ws';
import { DisplayAccess } from '../../apps/server/src/auth/access.js';
import { DisplayGateway } from '../../apps/server/src/frames/display.gateway.js';
import { Displays } from '../../apps/server/src/frames/displays.js';
import { type FrameSink, FramesService } from '../../apps/server/src/frames/frames.service.js';
import { Meters } from '../../apps/server/src/ops/meters.js';
import { cpuSeconds, inTurn, median, medianRatio, pause, report, rounded } from './arms.js';

const { values: options } = parseArgs({
  options: {
    displays: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '5' },
    bytes: { type: 'string', default: '20000' },
    /** the child's side: which server to be */
    serve: { type: 'string' },
  },
});
const DISPLAYS = Number(options.displays);
const SECONDS = Number(options.seconds);
const BYTES = Number(options.bytes);
const TICK_MS = 100;
const SCENE = 'bench';

type Kind = 'gateway' | 'ws';
type Send = (bytes: Buffer) => void;

async function openGateway(): Promise<{ port: number; send: Send }> {
  let sink: FrameSink | undefined;
  const stream = { id: SCENE, continues: () => true };
  const frames = {
    to: (given: FrameSink) => {
      sink = given;
    },
    join: async () => stream,
    streamOf: () => stream,
    leave: () => {},
    stop: () => {},
  } as unknown as FramesService;
  @Module({
    providers: [
      { provide: FramesService, useValue: frames },
      {
        provide: DisplayAccess,
        useValue: new DisplayAccess({ demo: true, trustProxy: false } as never, async () => null),
      },
      Displays,
      Meters,
      DisplayGateway,
    ],
  })
  class FanOut {}
  const app = await NestFactory.create(FanOut, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port, send: (bytes) => sink?.send(SCENE, bytes, 'delta') };
}

async function openWs(): Promise<{ port: number; send: Send }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    port,
    send: (bytes) => {
      for (const client of server.clients) client.send(bytes);
    },
  };
}

/** The child: sends at intended times, and tells on request how late its ticks were since it was last asked. */
async function serve(kind: Kind): Promise<void> {
  const { port, send } = await (kind === 'gateway' ? openGateway() : openWs());
  const frame = randomFillSync(Buffer.alloc(BYTES));
  let late: number[] = [];
  let tick = 0;
  const begin = performance.now();
  const next = () => {
    tick++;
    const intended = begin + tick * TICK_MS;
    setTimeout(
      () => {
        late.push(performance.now() - intended);
        // New bytes every time: nobody can keep what was made of the last frame.
        send(Buffer.from(frame));
        next();
      },
      Math.max(0, intended - performance.now()),
    );
  };
  next();
  process.on('message', () => {
    process.send?.(late);
    late = [];
  });
  process.once('disconnect', () => process.exit());
  process.send?.(port);
}

/** Opens a display that counts what it is sent. */
async function display(kind: Kind, port: number, count: (bytes: number) => void): Promise<() => void> {
  if (kind === 'ws') {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    socket.on('message', (bytes: Buffer) => count(bytes.length));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return () => socket.terminate();
  }
  const socket = io(`http://127.0.0.1:${port}/display`, {
    path: '/socket.io',
    transports: ['websocket'],
    parser,
    forceNew: true,
    reconnection: false,
  });
  socket.on(EVENTS.frame, (bytes: Uint8Array) => count(bytes.length));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const have = { epoch: 'e', seq: 1 };
  const reply = await socket.emitWithAck(EVENTS.join, { v: PROTOCOL_VERSION, scene: SCENE, have });
  if (!reply.ok) throw new Error(`the display was not let in: ${reply.reason}`);
  return () => socket.disconnect();
}

interface Round {
  /** of a core, % */
  cpu: number;
  lagP99: number;
  /** of the frames sent to every display, how many came */
  arrived: number;
}

async function round(kind: Kind, displays: number): Promise<Round> {
  const child = fork(import.meta.filename, ['--serve', kind, '--bytes', String(BYTES)]);
  const answer = <Reply>() =>
    new Promise<Reply>((resolve) => child.once('message', (reply) => resolve(reply as Reply)));
  const pid = child.pid ?? 0;
  let bytes = 0;
  try {
    const port = await answer<number>();
    const count = (size: number) => {
      bytes += size;
    };
    const closes: (() => void)[] = [];
    for (let i = 0; i < displays; i++) closes.push(await display(kind, port, count));
    // A second to warm the compilers, then from zero.
    await pause(1000);
    const first = answer<number[]>();
    child.send('late');
    await first;
    bytes = 0;
    const cpu = cpuSeconds(pid);
    const begin = performance.now();
    await pause(SECONDS * 1000);
    const used = cpuSeconds(pid) - cpu;
    const seconds = (performance.now() - begin) / 1000;
    const came = bytes;
    const lags = answer<number[]>();
    child.send('late');
    const late = (await lags).sort((a, b) => a - b);
    for (const close of closes) close();
    return {
      cpu: (used / seconds) * 100,
      lagP99: late[Math.floor(late.length * 0.99)] ?? Number.NaN,
      arrived: came / (late.length * displays * BYTES),
    };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
  }
}

async function main(): Promise<void> {
  const results = await inTurn(
    Number(options.runs),
    {
      floor: () => round('ws', DISPLAYS),
      gateway: () => round('gateway', DISPLAYS),
      'floor, 1': () => round('ws', 1),
      'gateway, 1': () => round('gateway', 1),
      'floor, 50': () => round('ws', 50),
      'gateway, 50': () => round('gateway', 50),
    },
    ({ cpu, lagP99, arrived }) =>
      `${cpu.toFixed(1)} % of a core, ticks late p99 ${lagP99.toFixed(1)} ms, ${(arrived * 100).toFixed(0)} % arrived`,
  );
  const cpuOf = (arm: keyof typeof results) => results[arm].map(({ cpu }) => cpu);
  const extra = (of: readonly number[], to: readonly number[]) => median(of.map((cpu, i) => (cpu - (to[i] ?? 0)) / 49));
  const row = (arm: 'floor' | 'gateway') => ({
    arm,
    displays: DISPLAYS,
    '% of a core': rounded(median(cpuOf(arm)), 1),
    'x floor': rounded(medianRatio(cpuOf(arm), cpuOf('floor'))),
    'ticks late p99 ms': rounded(median(results[arm].map(({ lagP99 }) => lagP99)), 1),
    '% a display more (1 → 50)': rounded(extra(cpuOf(`${arm}, 50`), cpuOf(`${arm}, 1`)), 3),
  });
  report('fanout', [row('floor'), row('gateway')], { seconds: SECONDS, bytes: BYTES, results });
}

await (options.serve === undefined ? main() : serve(options.serve as Kind));
