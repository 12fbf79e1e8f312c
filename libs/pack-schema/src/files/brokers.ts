import { z } from 'zod';
import { duration, entry } from '../common.js';
import { type Problem, type Spot, sortProblems } from '../problem.js';
import { PackSource } from '../source.js';
import { BROKERS_FILE, DEFAULT_BROKER } from './names.js';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** `${env:NAME}` or `${file:/path}` anywhere in a text. */
export const SECRET = /\$\{(env|file):([^}]+)\}/g;
const URL_FORM = /^(mqtts?|wss?):\/\/[^/\s]+/;
const holdsSecret = (text: string) => text.search(SECRET) >= 0;

const secretText = z.string().min(1).meta({ description: `May hold \${env:NAME} and \${file:/path}.` });
const file = (what: string) =>
  z
    .string()
    .min(1)
    .meta({ description: `${what} (PEM); relative to this file.` });

export const brokerEntry = entry({
  url: z
    .string()
    .refine(
      (text) => URL_FORM.test(text) || holdsSecret(text),
      'expected an address like mqtts://broker.example:8883 (mqtt, mqtts, ws or wss)',
    )
    .refine(
      (text) => !URL_FORM.test(text) || !/^[a-z]+:\/\/[^/]*@/.test(text),
      'user and password do not belong into the address; use username and password',
    )
    .exactOptional()
    .meta({
      description: 'mqtt://, mqtts://, ws:// or wss://. Left out only by `default`: that is CITYWALL_MQTT_URL.',
    }),
  username: secretText.exactOptional(),
  password: secretText.exactOptional(),
  version: z
    .union([z.literal([5, '5', '3.1.1']), z.literal('auto')])
    .exactOptional()
    .meta({ description: 'auto (default): MQTT 5, and 3.1.1 where the broker does not speak it.' }),
  ca: file('Certificate of the authority that signed the broker’s, where that is a private one').exactOptional(),
  cert: file('Client certificate').exactOptional(),
  key: file('Private key of the client certificate').exactOptional(),
  passphrase: secretText.exactOptional().meta({ description: 'Of the private key.' }),
  serverName: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Name in the broker’s certificate, where it is not the one in the address.' }),
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,60}$/, 'expected 1 to 60 of A-Z a-z 0-9 . _ -')
    .exactOptional()
    .meta({ description: 'Beginning of the client ids at this broker; default CITYWALL_MQTT_CLIENT_ID.' }),
  keepalive: duration
    .refine((ms) => ms >= 5_000 && ms <= 3_600_000, 'must be from 5s to 1h')
    .exactOptional()
    .meta({ description: 'A broker that is silent for 1½ times this is gone. Default 30s.' }),
  share: z
    .string()
    .regex(/^[^/+#\s]{1,60}$/, 'expected the name of a group, without / + #')
    .exactOptional()
    .meta({ description: 'All subscriptions here are $share/<group>/…: ingest processes share the messages.' }),
})
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key belong together')
  .meta({ id: 'Broker', description: 'How one broker is reached. Certificates are always verified.' });

/** brokers.yaml */
export const brokersFile = z
  .record(z.string().regex(NAME, 'a broker is named like a system: lower-case letters, digits and "-"'), brokerEntry)
  .meta({
    title: BROKERS_FILE,
    description: 'Brokers of the site by name, in CITYWALL_PACKS_DIR itself; feeds refer to them with `broker: name`.',
  });

export type BrokerSpec = z.output<typeof brokerEntry>;

export interface BrokersResult {
  /** none where there are problems */
  brokers: Map<string, BrokerSpec>;
  problems: Problem[];
  /** where a key of a broker was written, for problems found later (a secret that is not there) */
  spot(name: string, key: string): Spot;
}

/**
 * Reads `brokers.yaml`: every problem with its place. Secrets stay as written, so that none can get into a message.
 * @param root folder of the file, for showing
 */
export function parseBrokers(text: string, root: string): BrokersResult {
  const source = new PackSource([{ root, files: new Map([[BROKERS_FILE, text]]) }]);
  const read = source.read(BROKERS_FILE);
  const whole: unknown = read?.value;
  const value = read?.broken ? undefined : source.check(brokersFile, whole, [], BROKERS_FILE);
  for (const [name, broker] of Object.entries(value ?? {})) {
    const isDefault = name === DEFAULT_BROKER;
    if (isDefault && broker.url !== undefined)
      source.report(whole, [name, 'url'], 'the address of the default broker is CITYWALL_MQTT_URL; leave url out', {
        file: BROKERS_FILE,
      });
    if (!isDefault && broker.url === undefined)
      source.report(whole, [name], '"url" is missing', { file: BROKERS_FILE });
  }
  const problems = sortProblems(source.problems);
  return {
    brokers: problems.length > 0 ? new Map() : new Map(Object.entries(value ?? {})),
    problems,
    spot: (name, key) =>
      source.places.find(whole, [name, key]) ?? { file: source.fileOf(BROKERS_FILE), line: 1, col: 1 },
  };
}
