import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { explainFeeds, type Message } from '@citywall/mapping';
import { hexBytes, type Pack, showProblem, showResults } from '@citywall/pack-schema';
import { compileOptions, compilePack } from '../../packs/compile.js';
import { type Command, type Surroundings, UsageError } from '../command.js';
import { openWorkspace } from '../workspace.js';

const OPTIONS = {
  topic: { type: 'string' },
  payload: { type: 'string' },
  file: { type: 'string' },
  hex: { type: 'boolean' },
  pack: { type: 'string' },
  retained: { type: 'boolean' },
} as const;

export const explainCommand: Command = {
  name: 'explain',
  usage: 'explain --topic T (--payload TEXT | --file F) [--hex] [--pack ID|DIR] [--retained]',
  summary: 'Say step by step what becomes of one message. --hex: the text is pairs of hex digits.',
  async run(args, io) {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.topic === undefined) throw new UsageError('--topic is missing');
    if ((values.payload === undefined) === (values.file === undefined)) {
      throw new UsageError('give the message by --payload or by --file');
    }
    const message: Message = {
      topic: values.topic,
      payload: await payloadBytes(values, io),
      receivedAt: io.now(),
      retained: values.retained ?? false,
      origin: 'live',
    };
    const packs = await packsFor(values.pack, io);
    const listening = packs.filter((pack) => compilePack(pack).match(message.topic));
    if (listening.length === 0) {
      io.out(`no feed listens to ${message.topic}`);
      for (const pack of packs) {
        for (const { filter, feedIds } of compilePack(pack).subscriptions) {
          io.out(`  ${pack.id}/${feedIds.join(', ')} listens to ${filter}`);
        }
      }
      return 1;
    }
    let rejected = false;
    for (const pack of listening) {
      const { steps, results } = explainFeeds(pack.feeds, compileOptions(pack), message);
      io.out(`pack ${pack.id}`);
      for (const step of steps) io.out(`${'  '.repeat(step.depth + 1)}${step.failed ? '✗ ' : ''}${step.text}`);
      const lines = showResults(results);
      io.out(lines.length === 0 ? 'nothing comes of it' : 'what comes of it');
      for (const line of lines) io.out(`  ${line}`);
      rejected ||= results.some((result) => result.rejections.length > 0);
    }
    return rejected ? 1 : 0;
  },
};

async function payloadBytes(
  values: { payload?: string; file?: string; hex?: boolean },
  io: Surroundings,
): Promise<Uint8Array> {
  const bytes =
    values.payload === undefined
      ? await readFile(values.file === '-' ? '/dev/stdin' : (values.file ?? '')).catch((error: Error) => {
          throw new UsageError(`${values.file} cannot be read: ${error.message}`);
        })
      : new TextEncoder().encode(values.payload);
  if (!values.hex) return bytes;
  try {
    return hexBytes(new TextDecoder().decode(bytes));
  } catch (error) {
    io.err('--hex says that the text is hex');
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The packs to ask: one by its id or folder, else all in use. Bad ones are told of and left out. */
async function packsFor(wanted: string | undefined, io: Surroundings): Promise<Pack[]> {
  const isFolder = wanted !== undefined && (await stat(wanted).catch(() => undefined))?.isDirectory() === true;
  const { loaded, asked } = await openWorkspace(isFolder ? [wanted] : [], io);
  const ids = isFolder || wanted === undefined ? asked : [wanted];
  const packs: Pack[] = [];
  for (const id of ids) {
    const found = loaded.get(id);
    if (found === undefined) throw new UsageError(`there is no pack ${id}; there are ${[...loaded.keys()].join(', ')}`);
    for (const problem of found.problems) io.err(showProblem(problem));
    if (found.pack !== undefined) packs.push(found.pack);
  }
  if (packs.length === 0) throw new UsageError('no pack is right; run check first');
  return packs;
}
