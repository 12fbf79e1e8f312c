import { lookup as lookupAll } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { refusalOf } from './address.js';
import type { Message } from './message.js';
import { type Attempt, judge } from './retry.js';
import type { Target } from './target.types.js';

/** Of an answer no more is read. */
const MAX_ANSWER_BYTES = 8 * 1024;
/** A `Retry-After` beyond this is a mistake, ms. */
const LONGEST_WAIT_MS = 3_600_000;

/** An address that no message is sent to. */
class AddressRefused extends Error {}

/** Sends one message. Resolves with what came of it, within the target's time-out. */
export function sendHook(target: Target, { body, headers, query }: Message): Promise<Attempt> {
  const url = new URL(target.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(failure(error, target.timeout));
    const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const refusal = isIP(literal) === 0 ? null : refusalOf(literal, target.loopback);
    if (refusal !== null) {
      failed(new AddressRefused(refusal));
      return;
    }
    const options: RequestOptions & { ca?: string } = {
      method: 'POST',
      // a connection of its own each time: what stands behind a name may have moved, and is looked at again
      agent: false,
      signal: AbortSignal.timeout(target.timeout),
      headers: {
        ...headers,
        ...target.headers,
        'content-length': Buffer.byteLength(body),
        'user-agent': 'CityWall',
      },
      // the address that is connected to is the one that was looked at: a name cannot change between the two
      lookup: guarded(target.loopback),
      ...(target.ca === undefined ? {} : { ca: target.ca }),
    };
    const answered = (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        const retryAfter = waitOf(response.headers['retry-after']);
        resolve(
          judge(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), target.format !== 'json', retryAfter),
        );
      };
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
        else response.destroy();
      });
      response.once('end', done);
      response.once('error', failed);
      // cut short by us: what was read decides
      response.once('close', done);
    };
    try {
      const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, answered);
      sent.once('error', failed);
      sent.end(body);
    } catch (error) {
      // a certificate that is none is thrown, not told
      failed(error as Error);
    }
  });
}

function guarded(loopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookupAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const refused = addresses.map(({ address }) => refusalOf(address, loopback)).find((why) => why !== null);
      const [first] = addresses;
      if (refused || first === undefined) callback(new AddressRefused(refused ?? 'the name has no address'), '', 0);
      else if (options.all) (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function failure(error: Error, timeout: number): Attempt {
  if (error instanceof AddressRefused) return { outcome: 'refused', reason: 'address-refused', detail: error.message };
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return { outcome: 'failed', reason: 'timeout', detail: `no answer in ${timeout / 1000} s` };
  // codes alone: messages of Node name the address with its path
  const code = (error as NodeJS.ErrnoException).code;
  return { outcome: 'failed', reason: 'unreachable', detail: typeof code === 'string' ? code : 'connection broken' };
}

/** `Retry-After` in seconds or as a date → ms. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? Math.min(wait, LONGEST_WAIT_MS) : undefined;
}
