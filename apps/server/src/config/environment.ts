import { z } from 'zod';

/** Parts of the server that one process may run; roles meet only through Redis. */
export const ROLES = ['ingest', 'push', 'api', 'simulate'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Who reads a variable: the server process, `npm start`, or only the tests. */
export type Reader = 'server' | 'launcher' | 'tests';

/** One environment variable. `docs/reference/environment.md` is generated from these entries. */
export interface Variable {
  /** as the reader of the table should understand it; absent: there is none */
  default?: string;
  /** what it does, in one or two sentences */
  doc: string;
  reader: Reader;
}

/** Every `CITYWALL_*` variable there is. A variable that is not here is reported at the start as unknown. */
export const ENVIRONMENT = {
  CITYWALL_HOST: {
    default: '127.0.0.1',
    doc: 'Address the HTTP server binds to. Anything but loopback has conditions, see docs/security.md.',
    reader: 'server',
  },
  CITYWALL_PORT: { default: '8080', doc: 'Port of the HTTP server; 0 takes any free one.', reader: 'server' },
  CITYWALL_MQTT_URL: {
    doc: 'Broker the feeds are read from: `mqtt://`, `mqtts://`, `ws://` or `wss://`, with user and password where needed. Absent: `npm start` runs a private mosquitto.',
    reader: 'server',
  },
  CITYWALL_REDIS_URL: {
    doc: 'Redis that holds the state: `redis://`, `rediss://` or `unix:///path/redis.sock`. Absent: `npm start` runs a private Redis.',
    reader: 'server',
  },
  CITYWALL_MQTT_PORT: {
    default: '1883',
    doc: 'Port of the private mosquitto; the next free one where it is taken, and printed.',
    reader: 'launcher',
  },
  CITYWALL_DATA_DIR: {
    default: './data',
    doc: "Folder of the installation's own data: private services, accounts, run files.",
    reader: 'server',
  },
  CITYWALL_PACKS_DIR: {
    doc: "The site's packs: systems added, built-in ones patched by id, `brokers.yaml`, `notifications.yaml`. Absent: only the built-in packs.",
    reader: 'server',
  },
  CITYWALL_ADMIN_PASSWORD: {
    doc: 'Password of the account `admin`, read at the first start only. Absent: a random one, printed once.',
    reader: 'server',
  },
  CITYWALL_DEMO: {
    default: '1 under `npm start` without `CITYWALL_MQTT_URL`, else 0',
    doc: '1: the simulator publishes, reading on loopback needs no log-in, screens say 演示数据.',
    reader: 'server',
  },
  CITYWALL_ROLES: {
    default: ROLES.join(','),
    doc: 'Parts this process runs, separated by commas. `simulate` runs only with `CITYWALL_DEMO=1`.',
    reader: 'server',
  },
  CITYWALL_LOG_LEVEL: { default: 'info', doc: `One of ${LOG_LEVELS.join(', ')}.`, reader: 'server' },
  CITYWALL_PUBLIC_URL: {
    doc: 'Address people type, where it is not loopback: `https://wall.example`. Its host is accepted in Host and Origin.',
    reader: 'server',
  },
  CITYWALL_TLS_CERT: { doc: 'File with the certificate chain (PEM); needs `CITYWALL_TLS_KEY`.', reader: 'server' },
  CITYWALL_TLS_KEY: { doc: 'File with the private key (PEM).', reader: 'server' },
  CITYWALL_TRUST_PROXY: {
    default: '0',
    doc: '1: a reverse proxy of yours stands in front and speaks TLS; its forwarding headers are believed.',
    reader: 'server',
  },
  CITYWALL_INSECURE: {
    default: '0',
    doc: '1: a public bind without TLS or without a password is accepted. Everything exposed is printed.',
    reader: 'server',
  },
  CITYWALL_MQTT_CLIENT_ID: {
    default: 'citywall-ingest',
    doc: 'Beginning of the fixed MQTT client ids (`…-1`, `…-2`), which name the persistent sessions. Two CityWalls on one broker need different ones.',
    reader: 'server',
  },
  CITYWALL_SEATS: {
    default: 'who follows the alarm desk and may acknowledge, at least 1',
    doc: 'Number of seats at which alarms are handled. More than ten calls a seat in ten minutes are a flood.',
    reader: 'server',
  },
  CITYWALL_PRIVATE: {
    doc: 'Set by `npm start`: which services are its own children, such as `redis,mosquitto`.',
    reader: 'server',
  },
  CITYWALL_SAMPLES_DIR: {
    doc: 'Folder with recorded messages (`<family>/messages.ndjson`, `expected.json`) that the recipes are run against.',
    reader: 'tests',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof ENVIRONMENT;

const flag = z.enum(['0', '1'], 'must be 0 or 1').transform((value) => value === '1');
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port, 0 to 65535');

const url = (protocols: string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol);
      } catch {
        return false;
      }
    },
    `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(', ')}`,
  );

const roles = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  )
  .pipe(
    z
      .array(z.enum(ROLES, `must be a list of ${ROLES.join(', ')}, separated by commas`))
      .min(1, 'must name at least one role'),
  );

/** Shapes of the variables that the server reads, as strings from the environment. */
export const environmentSchema = z.object({
  CITYWALL_HOST: z.string().min(1).default('127.0.0.1'),
  CITYWALL_PORT: port.default(8080),
  CITYWALL_MQTT_URL: url(['mqtt:', 'mqtts:', 'ws:', 'wss:']).optional(),
  CITYWALL_REDIS_URL: url(['redis:', 'rediss:', 'unix:']).optional(),
  CITYWALL_DATA_DIR: z.string().min(1).default('./data'),
  CITYWALL_PACKS_DIR: z.string().min(1).optional(),
  CITYWALL_ADMIN_PASSWORD: z.string().min(8, 'needs at least 8 characters').optional(),
  CITYWALL_DEMO: flag.default(false),
  CITYWALL_ROLES: roles.default([...ROLES]),
  CITYWALL_LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  CITYWALL_PUBLIC_URL: url(['http:', 'https:']).optional(),
  CITYWALL_TLS_CERT: z.string().min(1).optional(),
  CITYWALL_TLS_KEY: z.string().min(1).optional(),
  CITYWALL_TRUST_PROXY: flag.default(false),
  CITYWALL_INSECURE: flag.default(false),
  CITYWALL_MQTT_CLIENT_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,60}$/, 'must be 1 to 60 of A-Z a-z 0-9 . _ -')
    .default('citywall-ingest'),
  CITYWALL_SEATS: z
    .string()
    .regex(/^[1-9]\d?$/, 'must be a number of seats, 1 to 99')
    .transform(Number)
    .optional(),
  CITYWALL_PRIVATE: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((word) => word.trim())
        .filter(Boolean),
    )
    .default([]),
});
