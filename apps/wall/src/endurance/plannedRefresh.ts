import { startOfDay } from '@citywall/aggregate';
import type { LoadReason } from '@citywall/protocol';
import { entryOf } from './screen.js';

export interface RefreshSurroundings {
  /** server clock, Unix ms */
  now(): number;
  /** the link is live: a page loaded now would come back with a picture */
  live(): boolean;
  /** text of a file of the server; null where it doesn't answer */
  fetch(path: string): Promise<string | null>;
  reload(why: LoadReason): void;
}

export interface RefreshPlan {
  /** minutes after the city's midnight; null: never by the clock */
  at: number | null;
  /** minutes later at most, so that not all screens of a wall are renewed at once */
  spread: number;
  /** which screen: decides how much later */
  screen: string;
  /** build that runs */
  page: string;
  /** Unix ms, server clock */
  loadedAt: number;
}

const MINUTE = 60_000;
/** The hour in which a refresh that could not be done is tried again. */
const WINDOW_MS = 60 * MINUTE;
/** A page younger than this needs no refresh. */
const YOUNG_MS = 6 * 60 * MINUTE;
const AGAIN_AFTER_MS = 5 * MINUTE;
export const QUIET_MINUTE = 4 * 60;

/** `04:30` → minutes after midnight; `off` → null; anything else: the quiet minute. */
export function refreshMinute(text: string | null): number | null {
  if (text === 'off') return null;
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text ?? '');
  return match ? Number(match[1]) * 60 + Number(match[2]) : QUIET_MINUTE;
}

function spreadOf(screen: string, spread: number): number {
  let sum = 0;
  for (const letter of screen) sum = (sum * 31 + letter.charCodeAt(0)) % 1_009;
  return spread === 0 ? 0 : sum % spread;
}

/**
 * Renews the page at a quiet time, and when the server has another build of it. The coming page is fetched before the old
 * one is left: a server that can't give it leaves the old one where it is.
 */
export class PlannedRefresh {
  private notBefore = Number.NEGATIVE_INFINITY;
  private suspect = false;
  private busy = false;

  constructor(
    private readonly around: RefreshSurroundings,
    private readonly plan: RefreshPlan,
  ) {}

  /** Another server run was heard: its page may be another. */
  otherServer(): void {
    this.suspect = true;
  }

  /** To be called every few seconds. */
  async tick(): Promise<void> {
    const now = this.around.now();
    if (this.busy || !this.around.live() || now < this.notBefore) return;
    const due = this.isDue(now);
    if (!due && !this.suspect) return;
    this.busy = true;
    try {
      const fetched = await this.coming();
      if (fetched === null) this.notBefore = now + AGAIN_AFTER_MS;
      else if (fetched !== this.plan.page) this.leave('version', now);
      else if (due) this.leave('planned', now);
      if (fetched !== null) this.suspect = false;
    } finally {
      this.busy = false;
    }
  }

  private leave(why: LoadReason, now: number): void {
    this.notBefore = now + AGAIN_AFTER_MS;
    this.around.reload(why);
  }

  private isDue(now: number): boolean {
    const { at, spread, screen, loadedAt } = this.plan;
    if (at === null || now - loadedAt < YOUNG_MS) return false;
    const today = startOfDay(now) + (at + spreadOf(screen, spread)) * MINUTE;
    return now >= today && now < today + WINDOW_MS && loadedAt < today;
  }

  /** Build of the page the server has now; null where it could not be fetched whole. */
  private async coming(): Promise<string | null> {
    const html = await this.around.fetch('/display');
    const entry = html === null ? null : entryOf(html);
    if (html === null || entry === null) return null;
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|ts|css))"/g)].map((match) => match[1]!);
    const all = await Promise.all(files.map((path) => this.around.fetch(path)));
    return all.includes(null) ? null : entry;
  }
}
