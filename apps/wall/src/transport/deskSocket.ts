import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';

export type DeskSocket = Socket;

/** Opens the socket of an alarm desk; it connects, and connects again, by itself. */
export function openDeskSocket(): DeskSocket {
  return io('/desk', {
    path: '/socket.io',
    transports: ['websocket'],
    parser,
    reconnectionDelay: 500,
    reconnectionDelayMax: 3_000,
    withCredentials: true,
    forceNew: true,
  });
}
