import {
  bearerOf,
  checkHost,
  cookieOf,
  type HostRules,
  isLoopbackClient,
  isSameOrigin,
  type RequestHead,
} from './request.js';
import type { Session } from './session.js';

/** The part of the configuration that decides who may read. */
export interface AccessRules extends HostRules {
  /** `CITYWALL_DEMO` */
  demo: boolean;
}

/** Finds the session of a token, null when there is none (any more). */
export type SessionLookup = (token: string) => Promise<Session | null>;

export const SESSION_COOKIE = 'citywall_session';

export type AccessVerdict =
  | {
      ok: true;
      /** absent: somebody on this machine in demo mode */
      session?: Session;
      /** may see personal fields unmasked and give commands */
      administrator: boolean;
    }
  | { ok: false; reason: 'host-refused' | 'unauthorized'; detail: string };

/**
 * May this HTTP request or socket handshake read the city's state?
 *
 * - Host and Origin must be loopback or those of `CITYWALL_PUBLIC_URL`: else `host-refused`.
 * - With a valid session (bearer token, or the cookie `citywall_session`): yes.
 * - From this machine itself in demo mode: yes, without log-in.
 * - Else `unauthorized`; so with `CITYWALL_DEMO=0` a display opens with the administrator's session.
 *
 * Both transports use it: `await access.check(request)` with Node's `IncomingMessage` (a Socket.IO handshake is
 * `socket.request`).
 */
export class DisplayAccess {
  constructor(
    private readonly rules: AccessRules,
    private readonly sessions: SessionLookup,
  ) {}

  /** The Host and Origin rule alone; synchronous, for a transport's first gate (`allowRequest`). */
  host(request: RequestHead) {
    return checkHost(request, this.rules);
  }

  /** @throws what the session lookup throws (Redis gone), only when the request carries a token */
  async check(request: RequestHead): Promise<AccessVerdict> {
    const host = checkHost(request, this.rules);
    if (!host.ok) return { ok: false, reason: 'host-refused', detail: host.detail };
    const bearer = bearerOf(request);
    // A cookie travels with whatever page made the request: on a socket or another site's request it counts only when
    // the page was ours.
    const cookie =
      bearer === undefined && cookieCounts(request, this.rules) ? cookieOf(request, SESSION_COOKIE) : undefined;
    const token = bearer ?? cookie;
    if (token !== undefined) {
      const session = await this.sessions(token);
      if (session) return { ok: true, session, administrator: session.roles.includes('administrator') };
      if (bearer !== undefined) return { ok: false, reason: 'unauthorized', detail: 'the session has ended' };
    }
    if (this.rules.demo && isLoopbackClient(request, this.rules)) return { ok: true, administrator: false };
    return { ok: false, reason: 'unauthorized', detail: 'log in at POST /api/v1/sessions' };
  }
}

/**
 * Reading by cookie: a browser's own navigation and same-origin fetches tell `Sec-Fetch-Site` none or same-origin; where
 * an Origin is told (sockets always do) it has to be ours.
 */
function cookieCounts(request: RequestHead, rules: HostRules): boolean {
  if (request.headers.origin !== undefined) return isSameOrigin(request, rules);
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
