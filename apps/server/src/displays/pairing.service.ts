import { createHash, randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Problem } from '../api/problem.js';
import type { AuditService } from '../audit/audit.service.js';
import type { AuthStore } from '../auth/auth.types.js';
import { type Session, userOfDisplay } from '../auth/session.js';
import { MAX_ADDRESSES, type PairedDisplay, type PairingStore } from './pairing.types.js';

/** A code holds so long, ms, and once. */
export const CODE_TTL = 10 * 60_000;
/** Wrong codes of one account before it may try no more, and for how long, ms. */
export const MAX_WRONG_CODES = 5;
export const CODE_LOCK = 20 * 60_000;
/** More displays can only be a mistake. */
export const MAX_PAIRED = 500;
/** The last use is written down at most so often, ms. */
const NOTE_EVERY = 60_000;
const MAX_AGENT = 200;

/** Letters and digits that nobody takes for one another at a distance: no I, O, 0, 1. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_LENGTH = 6;
export const CODE = new RegExp(`^[${ALPHABET}]{${CODE_LENGTH}}$`);

/** How a code is typed: small letters, spaces and dashes count for nothing. */
export function codeFrom(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '');
}

/** What a display is told. */
export type PairingState =
  | { state: 'none' }
  | { state: 'waiting'; code: string; expiresAt: number }
  | { state: 'paired'; id: string; name: string };

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * Pairing of displays. The token is made with the code and given to the browser alone; it counts for nothing until somebody
 * of the desk has entered the code, and from then on until it is revoked. Only its hash is kept.
 */
export class PairingService {
  private readonly logger = new Logger('Displays');
  /** hash → when its use was last written down, of the displays this process serves */
  private readonly noted = new Map<string, { address: string; at: number }>();

  constructor(
    private readonly store: PairingStore,
    private readonly attempts: Pick<AuthStore, 'countAttempt' | 'forgetAttempts'>,
    private readonly audit: Pick<AuditService, 'record'>,
    private readonly now: () => number = Date.now,
    private readonly random: (bytes: number) => Buffer = randomBytes,
  ) {}

  /** A display without a right to watch: what it shows, and the token it keeps. */
  async announce(address: string, agent: string): Promise<{ token: string; code: string; expiresAt: number }> {
    const token = this.random(32).toString('base64url');
    const at = this.now();
    for (;;) {
      // 32 letters: five bits of a byte each, every one as likely
      const code = [...this.random(CODE_LENGTH)].map((byte) => ALPHABET[byte & 31]).join('');
      const waiting = { code, address, agent: agent.slice(0, MAX_AGENT), at };
      if (await this.store.putWaiting(hashOf(token), waiting, CODE_TTL))
        return { token, code, expiresAt: at + CODE_TTL };
    }
  }

  /** How far the display with this token is. */
  async stateOf(token: string): Promise<PairingState> {
    const hash = hashOf(token);
    const paired = await this.store.paired(hash);
    if (paired) return { state: 'paired', id: paired.id, name: paired.name };
    const waiting = await this.store.waiting(hash);
    const expiresAt = waiting === null ? 0 : waiting.at + CODE_TTL;
    return waiting === null || expiresAt <= this.now()
      ? { state: 'none' }
      : { state: 'waiting', code: waiting.code, expiresAt };
  }

  /**
   * Lets the display that shows a code watch.
   * @param by account of whoever read the code
   * @throws Problem `not-found` no display shows it (any more); `locked` too many wrong ones; `conflict` too many displays
   */
  async pair(typed: string, name: string, by: string): Promise<PairedDisplay> {
    const attempt = hashOf(`pairing\n${by}`);
    const { attempts, remaining } = await this.attempts.countAttempt(attempt, MAX_WRONG_CODES, CODE_LOCK);
    if (attempts > MAX_WRONG_CODES)
      throw new Problem('locked', `${by} entered ${MAX_WRONG_CODES} wrong codes`, { retryAfter: remaining / 1000 });
    const hash = await this.store.takeCode(codeFrom(typed));
    const waiting = hash === null ? null : await this.store.waiting(hash);
    if (hash === null || waiting === null || waiting.at + CODE_TTL <= this.now())
      throw new Problem('not-found', 'no display shows this code: it holds for ten minutes, and once');
    if ((await this.store.allPaired()).length >= MAX_PAIRED)
      throw new Problem('conflict', `there are ${MAX_PAIRED} paired displays: revoke some first`);
    const at = this.now();
    const { address, agent } = waiting;
    const id = this.random(5).toString('hex');
    const display = { id, name, pairedAt: at, pairedBy: by, agent, addresses: [{ address, firstAt: at, lastAt: at }] };
    await this.store.addPaired(hash, display);
    await this.attempts.forgetAttempts(attempt);
    return display;
  }

  /** Paired displays, by name. */
  async list(): Promise<PairedDisplay[]> {
    const all = (await this.store.allPaired()).map(([, display]) => display);
    return all.sort((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1));
  }

  /** Ends what a display may, at once for requests, within seconds for its socket. @throws Problem `not-found` */
  async revoke(id: string): Promise<void> {
    const [found] = (await this.store.allPaired()).filter(([, display]) => display.id === id);
    if (found === undefined || !(await this.store.dropPaired(found[0])))
      throw new Problem('not-found', `there is no paired display ${id}`);
    this.noted.delete(found[0]);
  }

  /** The session of a display's token; null: it is not paired (any more). Its use, and from where, is written down. */
  async find(token: string, address: string): Promise<Session | null> {
    const hash = hashOf(token);
    const display = await this.store.paired(hash);
    if (display === null) return null;
    const before = this.noted.get(hash);
    const now = this.now();
    if (before?.address !== address || now - before.at >= NOTE_EVERY) {
      this.noted.set(hash, { address, at: now });
      // A Redis that refuses writes must not darken a wall; the next use tries again.
      await this.note(hash, display, address, now).catch(() => this.noted.delete(hash));
    }
    return { user: userOfDisplay(display.id), roles: ['display'], grants: [], expiresAt: null };
  }

  private async note(hash: string, display: PairedDisplay, address: string, now: number): Promise<void> {
    const known = display.addresses.find((one) => one.address === address);
    const others = display.addresses.filter((one) => one !== known);
    const addresses = known
      ? display.addresses.map((one) => (one === known ? { ...one, lastAt: now } : one))
      : [...others.slice(0, MAX_ADDRESSES - 1), { address, firstAt: now, lastAt: now }];
    await this.store.updatePaired(hash, { ...display, addresses });
    if (known) return;
    this.logger.warn(`the token of display ${display.name} (${display.id}) is used from ${address}, too`);
    await this.audit.record({
      at: now,
      user: userOfDisplay(display.id),
      roles: ['display'],
      address,
      action: 'displays.elsewhere',
      route: 'token of a paired display',
      subject: display.id,
      detail: JSON.stringify({ name: display.name, pairedAt: display.addresses[0]?.address ?? '' }),
      outcome: 'done',
    });
  }
}
