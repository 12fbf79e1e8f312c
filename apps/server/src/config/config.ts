import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exposure } from '../auth/exposure.js';
import { ENVIRONMENT, environmentSchema, type LogLevel, type Role } from './environment.js';

/** Everything that is wrong with the environment, at once. */
export class ConfigError extends Error {
  /** @param problems whole sentences, each begins with the variable's name */
  constructor(readonly problems: string[]) {
    super(`CityWall can't start with this environment:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Folders that come with the program. Tests point them elsewhere. */
export interface Places {
  /** built-in packs, one folder a system */
  builtinPacksDir: string;
  recipesDir: string;
  /** the built wall (index.html, assets) */
  wallDir: string;
  /** small pictures of simulated cameras */
  clipsDir: string;
}

/** The repository's root: the same distance from `src/config` and `dist/config`. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export const DEFAULT_PLACES: Places = {
  builtinPacksDir: resolve(ROOT, 'libs/packs'),
  recipesDir: resolve(ROOT, 'libs/recipes'),
  wallDir: resolve(ROOT, 'apps/wall/dist'),
  clipsDir: resolve(ROOT, 'apps/server/clips'),
};

/** What the server was told by its environment; immutable, injected by its class. */
export class Config {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  /** empty only in a process that neither ingests nor simulates */
  readonly mqttUrl: string;
  /** empty only in a process that simulates and nothing else */
  readonly redisUrl: string;
  /** absolute */
  readonly dataDir: string;
  /** absolute; null: only built-in packs */
  readonly packsDir: string | null;
  readonly adminPassword: string | null;
  readonly demo: boolean;
  readonly roles: readonly Role[];
  readonly logLevel: LogLevel;
  readonly publicUrl: string | null;
  /** files, both or none */
  readonly tls: { cert: string; key: string } | null;
  readonly trustProxy: boolean;
  readonly insecure: boolean;
  readonly mqttClientId: string;
  /** at which alarms are handled; null: as many as there are people at the desk */
  readonly seats: number | null;
  /** services that are the launcher's own children: `redis`, `mosquitto` */
  readonly privateServices: readonly string[];
  /** what this bind exposes, to be printed; null on loopback */
  readonly exposure: string | null;
  /** names of `CITYWALL_*` variables that nobody reads, to be printed */
  readonly unknownVariables: readonly string[];
  readonly builtinPacksDir: string;
  readonly recipesDir: string;
  readonly wallDir: string;
  readonly clipsDir: string;

  /** @throws ConfigError with all problems at once */
  constructor(environment: Record<string, string | undefined>, places: Partial<Places> = {}) {
    // An empty variable counts as absent: that is how compose files and units leave one out.
    const given = Object.fromEntries(
      Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
    );
    const parsed = environmentSchema.safeParse(given);
    if (!parsed.success) {
      throw new ConfigError(parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`));
    }
    const values = parsed.data;
    const problems: string[] = [];
    const needs = (role: Role) => values.CITYWALL_ROLES.includes(role);
    if (!values.CITYWALL_MQTT_URL && (needs('ingest') || needs('simulate'))) {
      problems.push('CITYWALL_MQTT_URL is missing: name a broker, or let `npm start` run one');
    }
    if (!values.CITYWALL_REDIS_URL && (needs('ingest') || needs('push') || needs('api'))) {
      problems.push('CITYWALL_REDIS_URL is missing: name a Redis, or let `npm start` run one');
    }
    if (Boolean(values.CITYWALL_TLS_CERT) !== Boolean(values.CITYWALL_TLS_KEY)) {
      problems.push('CITYWALL_TLS_CERT and CITYWALL_TLS_KEY must be given together');
    }
    const exposed = exposure({
      host: values.CITYWALL_HOST,
      port: values.CITYWALL_PORT,
      adminPassword: values.CITYWALL_ADMIN_PASSWORD,
      tls: Boolean(values.CITYWALL_TLS_CERT && values.CITYWALL_TLS_KEY),
      trustProxy: values.CITYWALL_TRUST_PROXY,
      insecure: values.CITYWALL_INSECURE,
    });
    if (needs('api') || needs('push')) problems.push(...exposed.problems);
    if (problems.length) throw new ConfigError(problems);

    this.host = values.CITYWALL_HOST;
    this.port = values.CITYWALL_PORT;
    this.mqttUrl = values.CITYWALL_MQTT_URL ?? '';
    this.redisUrl = values.CITYWALL_REDIS_URL ?? '';
    this.dataDir = resolve(values.CITYWALL_DATA_DIR);
    this.packsDir = values.CITYWALL_PACKS_DIR ? resolve(values.CITYWALL_PACKS_DIR) : null;
    this.adminPassword = values.CITYWALL_ADMIN_PASSWORD ?? null;
    this.demo = values.CITYWALL_DEMO;
    this.roles = values.CITYWALL_ROLES;
    this.logLevel = values.CITYWALL_LOG_LEVEL;
    this.publicUrl = values.CITYWALL_PUBLIC_URL ?? null;
    this.tls =
      values.CITYWALL_TLS_CERT && values.CITYWALL_TLS_KEY
        ? { cert: resolve(values.CITYWALL_TLS_CERT), key: resolve(values.CITYWALL_TLS_KEY) }
        : null;
    this.trustProxy = values.CITYWALL_TRUST_PROXY;
    this.insecure = values.CITYWALL_INSECURE;
    this.mqttClientId = values.CITYWALL_MQTT_CLIENT_ID;
    this.seats = values.CITYWALL_SEATS ?? null;
    this.privateServices = values.CITYWALL_PRIVATE;
    this.exposure = exposed.statement;
    this.unknownVariables = Object.keys(given).filter((name) => name.startsWith('CITYWALL_') && !(name in ENVIRONMENT));
    this.builtinPacksDir = places.builtinPacksDir ?? DEFAULT_PLACES.builtinPacksDir;
    this.recipesDir = places.recipesDir ?? DEFAULT_PLACES.recipesDir;
    this.wallDir = places.wallDir ?? DEFAULT_PLACES.wallDir;
    this.clipsDir = places.clipsDir ?? DEFAULT_PLACES.clipsDir;
  }

  hasRole(role: Role): boolean {
    return this.roles.includes(role);
  }

  /** Whether this process listens for HTTP at all. */
  get listens(): boolean {
    return this.hasRole('api') || this.hasRole('push');
  }

  /** Simulated data goes to a broker that is not ours: every screen says so. */
  get demoExternal(): boolean {
    return this.demo && !this.privateServices.includes('mosquitto');
  }
}

/** A URL without its user and password, for logs and the ready line. */
export function withoutSecrets(url: string): string {
  try {
    const parsed = new URL(url);
    if (!parsed.username && !parsed.password) return url;
    parsed.username = '';
    parsed.password = '';
    return parsed.toString();
  } catch {
    return '(not a URL)';
  }
}
