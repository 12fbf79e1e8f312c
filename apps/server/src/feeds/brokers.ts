import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROKERS_FILE, type BrokerSpec, DEFAULT_BROKER, type Problem, parseBrokers } from '@citywall/pack-schema';
import { shownPath } from '../packs/packs.repository.js';
import { Absent, contents, withSecrets } from '../packs/secrets.js';
import type { BrokerAddress } from './mqtt.gateway.js';

/** A broker as feeds use it: how it is reached, and under which names. */
export interface Broker extends BrokerAddress {
  /** beginning of the client ids; absent: `CITYWALL_MQTT_CLIENT_ID` */
  clientId?: string;
  /** group of all subscriptions */
  share?: string;
}

export interface BrokersRead {
  /** by name; only the default broker where there are problems */
  brokers: Map<string, Broker>;
  problems: Problem[];
}

/**
 * The brokers of `brokers.yaml` with their secrets and certificates, and the default one. An absent file means none.
 * @param packsDir folder of the file; null: there is no site folder
 */
export function readBrokers(
  packsDir: string | null,
  defaultUrl: string,
  env: NodeJS.ProcessEnv = process.env,
): BrokersRead {
  const onlyDefault = () => new Map<string, Broker>([[DEFAULT_BROKER, { url: defaultUrl }]]);
  if (packsDir === null) return { brokers: onlyDefault(), problems: [] };
  const root = shownPath(packsDir);
  let text: string;
  try {
    text = readFileSync(join(packsDir, BROKERS_FILE), 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { brokers: onlyDefault(), problems: [] };
    const problem = {
      file: `${root}/${BROKERS_FILE}`,
      line: 1,
      col: 1,
      message: `cannot be read: ${message}`,
      path: '',
    };
    return { brokers: onlyDefault(), problems: [problem] };
  }
  const parsed = parseBrokers(text, root);
  const problems = [...parsed.problems];
  const brokers = onlyDefault();
  for (const [name, spec] of parsed.brokers) {
    const broker: Broker = { url: defaultUrl };
    for (const key of Object.keys(spec) as (keyof BrokerSpec)[]) {
      try {
        take(broker, spec, key, packsDir, env);
      } catch (error) {
        if (!(error instanceof Absent)) throw error;
        problems.push({ ...parsed.spot(name, key), message: error.message, path: `${name}.${key}` });
      }
    }
    brokers.set(name, broker);
  }
  return problems.length > 0 ? { brokers: onlyDefault(), problems } : { brokers, problems };
}

function take(broker: Broker, spec: BrokerSpec, key: keyof BrokerSpec, dir: string, env: NodeJS.ProcessEnv): void {
  const value = spec[key];
  if (value === undefined) return;
  switch (key) {
    case 'version':
      if (value !== 'auto') broker.version = value === '3.1.1' ? 4 : 5;
      break;
    case 'keepalive':
      broker.keepalive = Math.round(Number(value) / 1000);
      break;
    case 'ca':
    case 'cert':
    case 'key':
      broker[key] = contents(withSecrets(String(value), dir, env), dir);
      break;
    case 'url':
      broker.url = withSecrets(String(value), dir, env);
      // Not shown: it may hold a password.
      if (!URL.canParse(broker.url) || !/^(mqtts?|wss?):$/.test(new URL(broker.url).protocol))
        throw new Absent('is no address like mqtts://broker.example:8883 when its secrets are put in');
      break;
    default:
      broker[key] = withSecrets(String(value), dir, env);
  }
}
