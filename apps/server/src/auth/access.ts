import {
  bearerOf,
  checkHost,
  clientAddress,
  cookieOf,
  type HostRules,
  header,
  isLoopbackClient,
  isSameOrigin,
  type RequestHead,
} from './request.js';
import type { Session, SessionUse } from './session.js';

/** The part of the configuration that decides who may read. */
export interface AccessRules extends HostRules {
  /** `CITYWALL_DEMO` */
  demo: boolean;
}

/** Finds the session of a token, null when there is none (any more). */
export type SessionLookup = (token: string, use: SessionUse) => Promise<Session | null>;

/** Finds the session of a paired display's token. @param address the client's */
export type DisplayLookup = (token: string, address: string) => Promise<Session | null>;

export const SESSION_COOKIE = 'citywall_session';
/** Token of a paired display; it counts for reading alone, and only from our own page. */
export const DISPLAY_COOKIE = 'citywall_display';

export type Refusal = { ok: false; reason: 'host-refused' | 'unauthorized' | 'cross-site'; detail: string };

export type AccessVerdict =
  | {
      ok: true;
      /** absent: somebody on this machine in demo mode */
      session?: Session;
    }
  | Refusal;

export type CommandVerdict = { ok: true; session: Session } | Refusal;

const LOG_IN: Refusal = { ok: false, reason: 'unauthorized', detail: 'log in at POST /api/v1/sessions' };
const ENDED: Refusal = { ok: false, reason: 'unauthorized', detail: 'the session has ended' };

/**
 * Whose is this HTTP request or socket handshake, and does it count for reading or for a command? What they may do says the policy.
 *
 * - Host and Origin must be loopback or those of `CITYWALL_PUBLIC_URL`: else `host-refused`.
 * - With a valid session (bearer token, or the cookie `citywall_session` sent by our own page): yes.
 * - Reading with the cookie of a paired display (`citywall_display`), sent by our own page: yes.
 * - Reading from this machine itself in demo mode: yes, without log-in.
 * - Else `unauthorized`; so with `CITYWALL_DEMO=0` a display is paired, or opens with somebody's session.
 *
 * Both transports use it: `await access.check(request)` with Node's `IncomingMessage` (for Socket.IO `socket.request`).
 * A gateway of displays that asks again now and then both keeps its screen in (`watch`) and sees a log-out. A person's page
 * that asks by itself keeps nobody in (`poll`); a program with a token has no other way to show that it is there (`act`).
 */
export class DisplayAccess {
  constructor(
    private readonly rules: AccessRules,
    private readonly sessions: SessionLookup,
    private readonly displays: DisplayLookup = async () => null,
  ) {}

  /** The Host and Origin rule alone; synchronous, for a transport's first gate (`allowRequest`). */
  host(request: RequestHead) {
    return checkHost(request, this.rules);
  }

  /** Address of the client, as far as it can be known. */
  address(request: RequestHead): string {
    return clientAddress(request, this.rules);
  }

  /** Whether the request comes from this machine itself. */
  isLocal(request: RequestHead): boolean {
    return isLoopbackClient(request, this.rules);
  }

  /** Whether the page that made the request is ours; true too for a program, which tells no origin. */
  isOwnPage(request: RequestHead): boolean {
    const site = header(request, 'sec-fetch-site');
    if (header(request, 'origin') === undefined) return site === undefined || site === 'same-origin' || site === 'none';
    return isSameOrigin(request, this.rules);
  }

  /** @throws what the session lookup throws (Redis gone), only when the request carries a token */
  async check(request: RequestHead, use?: SessionUse): Promise<AccessVerdict> {
    const host = this.host(request);
    if (!host.ok) return { ok: false, reason: 'host-refused', detail: host.detail };
    const bearer = bearerOf(request);
    // A cookie travels with whatever page made the request; it counts only when that page was ours.
    const token = bearer ?? (this.isOwnPage(request) ? cookieOf(request, SESSION_COOKIE) : undefined);
    if (token !== undefined) {
      const session = await this.sessions(token, use ?? (bearer === undefined ? 'poll' : 'act'));
      if (session) return { ok: true, session };
      if (bearer !== undefined) return ENDED;
    }
    const display = bearer === undefined && this.isOwnPage(request) ? cookieOf(request, DISPLAY_COOKIE) : undefined;
    if (display !== undefined) {
      const session = await this.displays(display, this.address(request));
      if (session) return { ok: true, session };
    }
    if (this.rules.demo && this.isLocal(request)) return { ok: true };
    return token === undefined ? LOG_IN : ENDED;
  }

  /** Commands always need a session; one that came by cookie needs proof that our own page sent it. */
  async checkCommand(request: RequestHead): Promise<CommandVerdict> {
    const host = this.host(request);
    if (!host.ok) return { ok: false, reason: 'host-refused', detail: host.detail };
    const bearer = bearerOf(request);
    const token = bearer ?? cookieOf(request, SESSION_COOKIE);
    if (token === undefined) return LOG_IN;
    if (bearer === undefined && !isSameOrigin(request, this.rules)) {
      return { ok: false, reason: 'cross-site', detail: 'a command by cookie needs the Origin of this server' };
    }
    const session = await this.sessions(token, 'act');
    return session ? { ok: true, session } : ENDED;
  }
}

/** The token a request carries, by header or cookie. */
export function tokenOf(request: RequestHead): string | undefined {
  return bearerOf(request) ?? cookieOf(request, SESSION_COOKIE);
}
