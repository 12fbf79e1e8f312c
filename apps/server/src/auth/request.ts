/**
 * Which requests this server takes at all: the Host and Origin rules (against DNS rebinding and foreign pages) as pure
 * functions over the request's head. The same for HTTP and for a socket's handshake.
 */

/** Head of a request; Node's `IncomingMessage` and a Socket.IO handshake request both are one. */
export interface RequestHead {
  headers: Record<string, string | string[] | undefined>;
  socket: { remoteAddress?: string | undefined };
}

/** The part of the configuration these rules need. */
export interface HostRules {
  /** `CITYWALL_PUBLIC_URL`, e.g. `https://wall.example.org` */
  publicUrl?: string | undefined;
  /** `CITYWALL_TRUST_PROXY`: a proxy of ours stands in front and sets the forwarding headers itself */
  trustProxy: boolean;
}

/** These rules from the configuration. */
export function hostRules(config: { publicUrl: string | null; trustProxy: boolean }): HostRules {
  return { publicUrl: config.publicUrl ?? undefined, trustProxy: config.trustProxy };
}

export type HostVerdict = { ok: true; host: string } | { ok: false; detail: string };

const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/** One header as text; of a repeated one the last, which the nearest proxy wrote. */
export function header(request: RequestHead, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[value.length - 1] : value;
}

/** Whether anything between says that it forwarded the request. */
export function isForwarded(request: RequestHead): boolean {
  return FORWARDING.some((name) => request.headers[name] !== undefined);
}

/** Host name in lower case and without port (`[::1]` without brackets), or null where the text is no host. */
export function hostName(host: string): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(host);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}

/** `localhost`, `*.localhost` (RFC 6761 §6.3), 127.0.0.0/8 and ::1. */
export function isLoopbackHost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

/** 127.0.0.0/8, ::1 and the IPv4-mapped form Node reports on a dual-stack socket. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '');
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** Address of the client: the peer's, or behind a proxy of ours the one that proxy saw. */
export function clientAddress(request: RequestHead, rules: HostRules): string {
  const peer = request.socket.remoteAddress ?? '';
  if (!rules.trustProxy) return peer;
  const forwarded = header(request, 'x-forwarded-for')?.split(',').pop()?.trim();
  return forwarded ? forwarded.replace(/^\[(.*)\](?::\d+)?$/, '$1') : peer;
}

/**
 * Whether the request comes from this machine and from no further: the client's address is loopback, and nobody
 * forwarded it on behalf of somebody else.
 */
export function isLoopbackClient(request: RequestHead, rules: HostRules): boolean {
  if (!rules.trustProxy && isForwarded(request)) return false;
  if (rules.trustProxy && isForwarded(request) && header(request, 'x-forwarded-for') === undefined) return false;
  return isLoopbackAddress(clientAddress(request, rules));
}

/** `host[:port]` the browser asked for. */
export function requestedHost(request: RequestHead, rules: HostRules): string | undefined {
  const forwarded = rules.trustProxy ? header(request, 'x-forwarded-host')?.split(',').pop()?.trim() : undefined;
  return forwarded || header(request, 'host');
}

function publicHostName(rules: HostRules): string | null {
  if (rules.publicUrl === undefined) return null;
  try {
    return hostName(new URL(rules.publicUrl).host);
  } catch {
    return null;
  }
}

/** Host, and Origin where there is one, must be loopback or the public URL's (design §14). */
export function checkHost(request: RequestHead, rules: HostRules): HostVerdict {
  const host = requestedHost(request, rules);
  const name = host === undefined ? null : hostName(host);
  if (host === undefined || name === null) return { ok: false, detail: 'the Host header is missing or no host' };
  const publicName = publicHostName(rules);
  const loopbackAllowed = rules.trustProxy || !isForwarded(request);
  const allowed = (candidate: string) => candidate === publicName || (loopbackAllowed && isLoopbackHost(candidate));

  if (!allowed(name)) {
    const why =
      isLoopbackHost(name) && !loopbackAllowed
        ? 'a forwarded request is never loopback: set CITYWALL_PUBLIC_URL, and CITYWALL_TRUST_PROXY=1 for a proxy of yours'
        : `host '${name}' is neither loopback nor that of CITYWALL_PUBLIC_URL`;
    return { ok: false, detail: why };
  }
  const origin = header(request, 'origin');
  if (origin !== undefined) {
    const originName = originHost(origin);
    if (originName === null || !allowed(hostName(originName) ?? '')) {
      return { ok: false, detail: 'the Origin header is neither loopback nor that of CITYWALL_PUBLIC_URL' };
    }
  }
  return { ok: true, host };
}

/** `host[:port]` of an Origin header; null for `null` and for anything that is not an http(s) origin. */
function originHost(origin: string): string | null {
  try {
    const url = new URL(origin);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.host : null;
  } catch {
    return null;
  }
}

/**
 * Whether a request that carries the session's cookie was made by our own page. A browser tells by `Origin` on every
 * request that is not GET or HEAD and on every socket, else by `Sec-Fetch-Site`; one that tells neither is no browser we
 * know and is refused.
 */
export function isSameOrigin(request: RequestHead, rules: HostRules): boolean {
  const origin = header(request, 'origin');
  if (origin === undefined) return header(request, 'sec-fetch-site') === 'same-origin';
  const host = originHost(origin);
  if (host === null) return false;
  if (rules.publicUrl !== undefined && sameOriginAs(origin, rules.publicUrl)) return true;
  return host === withoutDefaultPort(requestedHost(request, rules) ?? '', origin);
}

function sameOriginAs(a: string, b: string): boolean {
  try {
    return new URL(a).origin === new URL(b).origin;
  } catch {
    return false;
  }
}

/** A Host header may name the default port, an origin never does. */
function withoutDefaultPort(host: string, origin: string): string {
  return host.toLowerCase().replace(origin.startsWith('https:') ? /:443$/ : /:80$/, '');
}

/** Value of one cookie. */
export function cookieOf(request: RequestHead, name: string): string | undefined {
  const cookies = header(request, 'cookie');
  if (cookies === undefined) return undefined;
  for (const part of cookies.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/** Token of an `Authorization: Bearer …` header. */
export function bearerOf(request: RequestHead): string | undefined {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header(request, 'authorization') ?? '');
  return match?.[1];
}
