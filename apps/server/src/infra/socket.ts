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
