import { createWriteStream } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { redisOptions } from '../infra/redis.connection.js';
import { BackupError } from './backup.types.js';

/** Redis says at least a newline every ten seconds while it prepares a snapshot. */
const SILENT_MS = 60_000;
const MARK_BYTES = 40;
const MAX_LINE = 1_024;

/**
 * Writes a snapshot (RDB) of a running Redis: asked for as a replica asks for it, so it needs neither access to its disk nor
 * a pause, and shows one moment.
 * @param url as in CITYWALL_REDIS_URL
 * @returns bytes written
 * @throws BackupError `no-redis`, `no-snapshot`
 */
export async function snapshotRedis(url: string, file: string): Promise<number> {
  const socket = await open(url);
  const out = createWriteStream(file, { mode: 0o600, flags: 'wx' });
  const failed = new Promise<never>((_resolve, reject) => out.once('error', reject));
  failed.catch(() => {});
  let written = 0;
  const write = async (bytes: Buffer) => {
    if (bytes.length === 0) return;
    written += bytes.length;
    if (!out.write(bytes)) await Promise.race([new Promise<void>((resolve) => out.once('drain', resolve)), failed]);
  };
  try {
    const input = new Input(socket);
    const { username, password } = redisOptions(url);
    if (password) await command(socket, input, ['AUTH', ...(username ? [username] : []), password]);
    // Straight from memory into this socket, and no changes after it (Redis 7). Where that is not known or not allowed the
    // snapshot comes by its length, with changes after it that nobody reads; whether there is one at all says SYNC.
    for (const option of [
      ['capa', 'eof'],
      ['rdb-only', '1'],
    ])
      await command(socket, input, ['REPLCONF', ...option]).catch((error: BackupError) => {
        if (error.reason !== 'no-redis') throw error;
      });
    socket.write(encoded(['SYNC']));
    let head = await input.line();
    while (head === '') head = await input.line();
    if (!head.startsWith('$')) throw refused(head.replace(/^-/, ''));
    if (head.startsWith('$EOF:')) {
      const mark = Buffer.from(head.slice(5));
      if (mark.length !== MARK_BYTES) throw refused(`it begins with ${head}`);
      let rest: Buffer = Buffer.alloc(0);
      for (;;) {
        const bytes = Buffer.concat([rest, await input.chunk()]);
        const end = bytes.length - MARK_BYTES;
        if (end >= 0 && bytes.subarray(end).equals(mark)) {
          await write(bytes.subarray(0, end));
          break;
        }
        await write(bytes.subarray(0, Math.max(0, end)));
        rest = bytes.subarray(Math.max(0, end));
      }
    } else {
      for (let left = Number(head.slice(1)); left > 0; ) {
        const bytes = await input.chunk(left);
        left -= bytes.length;
        await write(bytes);
      }
    }
    await Promise.race([new Promise<void>((resolve) => out.end(resolve)), failed]);
    return written;
  } finally {
    socket.destroy();
    out.destroy();
  }
}

function refused(words: string): BackupError {
  return new BackupError(
    'no-snapshot',
    `Redis gives no snapshot: ${words}. A managed Redis that forbids SYNC has snapshots of its own; its user needs +sync +replconf otherwise`,
  );
}

async function open(url: string): Promise<Socket> {
  const { host = '127.0.0.1', port = 6379, path, tls } = redisOptions(url);
  const socket = path
    ? connectPlain(path)
    : tls
      ? connectTls({ host, port, servername: host })
      : connectPlain(port, host);
  await new Promise<void>((resolve, reject) => {
    socket.once(tls && !path ? 'secureConnect' : 'connect', resolve);
    socket.once('error', (error) => reject(new BackupError('no-redis', `no connection to Redis: ${error.message}`)));
  });
  socket.setTimeout(SILENT_MS, () => socket.destroy(new Error(`Redis said nothing for ${SILENT_MS / 1000} s`)));
  return socket;
}

const encoded = (words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

async function command(socket: Socket, input: Input, words: string[]): Promise<void> {
  socket.write(encoded(words));
  const answer = await input.line();
  if (answer.startsWith('-')) throw new BackupError('no-redis', answer.slice(1));
}

/** What comes from the socket, by lines or as it comes. */
class Input {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.chunks = socket[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf('\n');
      if (end >= 0) {
        const line = this.rest.toString('latin1', 0, end).replace(/\r$/, '');
        this.rest = this.rest.subarray(end + 1);
        return line;
      }
      if (this.rest.length > MAX_LINE) throw refused('it does not speak the protocol of Redis');
      this.rest = Buffer.concat([this.rest, await this.more()]);
    }
  }

  /** @param most bytes */
  async chunk(most: number = Number.POSITIVE_INFINITY): Promise<Buffer> {
    const bytes = this.rest.length > 0 ? this.rest : await this.more();
    const taken = bytes.subarray(0, Math.min(bytes.length, most));
    this.rest = bytes.subarray(taken.length);
    return taken;
  }

  private async more(): Promise<Buffer> {
    const next = await this.chunks.next().catch((error: Error) => {
      throw new BackupError('no-snapshot', `the snapshot broke off: ${error.message}`);
    });
    if (next.done) throw new BackupError('no-snapshot', 'the snapshot broke off: Redis closed the connection');
    return next.value;
  }
}
