import type { IncomingMessage } from 'node:http';
import type { Namespace } from 'socket.io';
import * as parser from 'socket.io-msgpack-parser';

/** What a client sends is small. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Options of every gateway: those of one process share one server, whose options are those of the first. */
export const SOCKET_OPTIONS = {
  path: '/socket.io',
  transports: ['websocket' as const],
  allowUpgrades: false,
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: MAX_MESSAGE_BYTES,
  pingInterval: 10_000,
  pingTimeout: 8_000,
  connectTimeout: 5_000,
  parser,
};

/**
 * What holds for every socket before anybody is asked who they are: the Host and Origin rule at the handshake, and no namespace but
 * those that a gateway has. The gateways of a process share one server; each says it, whichever there are.
 */
export function guardSockets({ server }: Namespace, access: { host(request: IncomingMessage): { ok: boolean } }): void {
  server.engine.opts.allowRequest = (request, decide) => {
    const verdict = access.host(request);
    decide(verdict.ok ? null : 'host-refused', verdict.ok);
  };
  server.of('/').use((_socket, next) => next(new Error('unknown namespace')));
}
