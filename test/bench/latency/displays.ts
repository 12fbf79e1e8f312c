/**
 * Further displays, without a picture: told `{arm, url, count, scene}` by its parent, connects them (to the wall over
 * Socket.IO into the scene, to the floor over its HTTP stream), answers `{ready}` when each has had its first bytes, and ends with it.
 * Frames are taken from the socket and not decoded: what a screen does with them is its own computer's work.
 */
import { get } from 'node:http';
import { EVENTS, PROTOCOL_VERSION } from '@citywall/protocol';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { Arm } from './arm.js';

export interface Asked {
  arm: Arm['name'];
  url: string;
  count: number;
  scene: string;
}

async function joinWall(url: string, scene: string): Promise<void> {
  const socket = io(`${url}/display`, {
    path: '/socket.io',
    transports: ['websocket'],
    parser,
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const first = new Promise<void>((resolve) => socket.once(EVENTS.frame, () => resolve()));
  const reply = await socket.emitWithAck(EVENTS.join, { v: PROTOCOL_VERSION, scene });
  if (!reply.ok) throw new Error(`the display was not let in: ${reply.reason}`);
  await first;
}

function joinFloor(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(`${url}/stream`, (response) => {
      response.resume();
      resolve();
    }).once('error', reject);
  });
}

process.once('message', async ({ arm, url, count, scene }: Asked) => {
  for (let i = 0; i < count; i++) await (arm === 'wall' ? joinWall(url, scene) : joinFloor(url));
  process.send?.({ ready: count });
});
process.once('disconnect', () => process.exit(0));
