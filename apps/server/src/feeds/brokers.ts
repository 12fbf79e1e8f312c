import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { BrokerAddress } from './mqtt.gateway.js';

/** `brokers.yaml` in `CITYWALL_PACKS_DIR`: name → address. Texts may hold `${env:NAME}` and `${file:/path}`. */
const brokersSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9-]*$/, 'a broker is named like a system: a-z, 0-9, -'),
  z.strictObject({
    url: z.string().regex(/^(mqtts?|wss?):\/\//, 'must begin with mqtt://, mqtts://, ws:// or wss://'),
    username: z.string().optional(),
    password: z.string().optional(),
    /** file with a private authority (PEM) */
    ca: z.string().optional(),
  }),
);

/** Something wrong in `brokers.yaml`, in sentences. */
export class BrokersError extends Error {
  constructor(file: string, problems: string[]) {
    super(`${file}: ${problems.join('; ')}`);
    this.name = 'BrokersError';
  }
}

/**
 * The brokers beside `default`. An absent file means none.
 * @throws BrokersError
 */
export function readBrokers(packsDir: string | null, env: NodeJS.ProcessEnv = process.env): Map<string, BrokerAddress> {
  if (packsDir === null) return new Map();
  const file = join(packsDir, 'brokers.yaml');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new BrokersError(file, [(error as Error).message]);
  }
  let tree: unknown;
  try {
    tree = parse(text, { maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw new BrokersError(file, [(error as Error).message.split('\n')[0] ?? 'not YAML']);
  }
  const parsed = brokersSchema.safeParse(withSecrets(tree, file, env));
  if (!parsed.success) {
    throw new BrokersError(
      file,
      parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
    );
  }
  return new Map(
    Object.entries(parsed.data).map(([name, { url, username, password, ca }]) => [
      name,
      {
        url,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(ca === undefined ? {} : { ca: readSecret(ca, file) }),
      },
    ]),
  );
}

function withSecrets(node: unknown, file: string, env: NodeJS.ProcessEnv): unknown {
  if (typeof node === 'string') {
    return node.replace(/\$\{(env|file):([^}]+)\}/g, (_whole, kind: string, name: string) => {
      if (kind === 'file') return readSecret(name, file).trim();
      const value = env[name];
      if (value === undefined) throw new BrokersError(file, [`the environment has no ${name}`]);
      return value;
    });
  }
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withSecrets(value, file, env)]));
}

function readSecret(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BrokersError(file, [`${path} can't be read (${(error as NodeJS.ErrnoException).code ?? error})`]);
  }
}
