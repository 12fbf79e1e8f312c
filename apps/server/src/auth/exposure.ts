import { isLoopbackHost } from './request.js';

/** The part of the configuration that decides who can reach the server. */
export interface ExposureRules {
  /** `CITYWALL_HOST` */
  host: string;
  port: number;
  /** `CITYWALL_ADMIN_PASSWORD` */
  adminPassword?: string | undefined;
  /** `CITYWALL_TLS_CERT` and `CITYWALL_TLS_KEY` are both set */
  tls: boolean;
  /** `CITYWALL_TRUST_PROXY` */
  trustProxy: boolean;
  /** `CITYWALL_INSECURE` */
  insecure: boolean;
}

/** What a bind means: problems refuse the start, the statement is printed. Both are whole English sentences. */
export interface Exposure {
  problems: string[];
  /** null on loopback: nothing is exposed */
  statement: string | null;
}

/** Shortest administrator's password, in characters, for a server that others can reach. */
export const MIN_PUBLIC_PASSWORD = 12;

/**
 * A bind beyond loopback needs an administrator's password, and TLS here or a proxy of ours that has it, unless
 * `CITYWALL_INSECURE=1` (design §14).
 */
export function exposure(rules: ExposureRules): Exposure {
  if (isLoopbackHost(rules.host.replace(/^\[(.*)\]$/, '$1'))) return { problems: [], statement: null };
  const problems: string[] = [];
  const password = rules.adminPassword ?? '';
  if (password === '') {
    problems.push(
      `CITYWALL_HOST=${rules.host} can be reached from other machines: set CITYWALL_ADMIN_PASSWORD (or CITYWALL_INSECURE=1 to do without)`,
    );
  } else if (password.length < MIN_PUBLIC_PASSWORD) {
    problems.push(
      `CITYWALL_HOST=${rules.host} can be reached from other machines: CITYWALL_ADMIN_PASSWORD needs ${MIN_PUBLIC_PASSWORD} characters (or CITYWALL_INSECURE=1 to do without)`,
    );
  }
  if (!rules.tls && !rules.trustProxy) {
    problems.push(
      `CITYWALL_HOST=${rules.host} can be reached from other machines without encryption: set CITYWALL_TLS_CERT and CITYWALL_TLS_KEY, or CITYWALL_TRUST_PROXY=1 behind a proxy with TLS (or CITYWALL_INSECURE=1 to do without)`,
    );
  }
  const where = isAnyAddress(rules.host) ? `every address of this machine` : rules.host;
  const way = rules.tls
    ? 'with TLS'
    : rules.trustProxy
      ? 'without TLS of its own, trusting the forwarding headers of whoever connects'
      : 'WITHOUT ENCRYPTION: passwords and everything shown can be read on the way';
  const statement = `Exposed: HTTP and displays on ${where}, port ${rules.port}, ${way}. The log-in page, the wall and /api/v1 can be reached from other machines; reading needs a session there.`;
  return rules.insecure ? { problems: [], statement } : { problems, statement };
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '[::]';
}

/** Whether browsers reach the server over TLS, its own or the proxy's: cookies are then `Secure`. */
export function isSecure(config: { tls: unknown; publicUrl: string | null }): boolean {
  return config.tls !== null || (config.publicUrl?.startsWith('https:') ?? false);
}
