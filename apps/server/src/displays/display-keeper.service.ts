import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Display, Displays } from '../frames/displays.js';
import { NO_TREND, SILENT_AFTER_MS, withReport } from './display-state.js';
import type { DisplayStore } from './displays.repository.js';
import type { KeptDisplay } from './displays.types.js';

export const KEEP_EVERY_MS = 2_000;
/** Screens that left are remembered so long. */
export const FORGET_AFTER_MS = 24 * 3_600_000;
/** Screens kept, of all processes together. */
export const MAX_KEPT = 500;
const TIDY_EVERY_MS = 60_000;

/** Writes the displays of this process where the other processes see them, whenever Redis lets it. */
export class DisplayKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DisplayKeeper.name);
  private readonly known = new Map<string, KeptDisplay>();
  /** connection → name its screen was kept under */
  private names = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private tidiedAt = Number.NEGATIVE_INFINITY;
  private failing = false;

  constructor(
    private readonly instance: string,
    private readonly displays: Displays,
    private readonly store: DisplayStore,
    private readonly now: () => number = Date.now,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.keep(), KEEP_EVERY_MS);
    this.timer.unref();
  }

  /** The displays of a process that ends leave with it; they will join another. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    this.displays.leaveAll();
    await this.keep();
  }

  /** One round. A round under way is waited for; what Redis refuses is tried again with the next one. */
  async keep(): Promise<void> {
    await this.running;
    this.running = this.round();
    await this.running;
  }

  private async round(): Promise<void> {
    const now = this.now();
    const left = this.displays.takeLeft();
    try {
      const connected = newestOf(this.displays.all());
      await this.recall([...[...connected.keys()].filter((id) => !this.known.has(id)), ...left.map(idOf)]);
      const changed = [
        ...[...connected].map(([id, display]) => this.update(id, display, null, now)),
        ...left
          .filter((display) => this.isLast(display, connected))
          .map((one) => this.update(idOf(one), one, now, now)),
      ];
      // one that left and never said anything (no scene, no right to watch) is nothing to remember
      const [silent, told] = [changed.filter(saidNothing), changed.filter((kept) => !saidNothing(kept))];
      await this.store.write(told);
      await this.store.drop(silent.map(({ id }) => id));
      await this.store.drop(this.renamed([...connected.values(), ...left], connected));
      for (const { id, goneAt } of changed) if (goneAt !== null) this.known.delete(id);
      if (now - this.tidiedAt >= TIDY_EVERY_MS) {
        this.tidiedAt = now;
        await this.tidy(now);
      }
      this.failing = false;
    } catch (error) {
      this.displays.putBackLeft(left);
      if (!this.failing) this.logger.warn(`displays can't be kept: ${error instanceof Error ? error.message : error}`);
      this.failing = true;
    }
  }

  /** A screen that comes, maybe from another process, goes on with its trend; one that left may have gone to another. */
  private async recall(ids: string[]): Promise<void> {
    for (const [id, kept] of await this.store.read(ids)) this.known.set(id, kept);
  }

  private update(id: string, display: Display, goneAt: number | null, now: number): KeptDisplay {
    const before = this.known.get(id);
    const { rendered, renderedAt } = display;
    const heard = rendered !== null && (before?.connection !== display.id || before.renderedAt !== renderedAt);
    const trend = before?.trend ?? NO_TREND;
    const kept: KeptDisplay = {
      id,
      instance: this.instance,
      connection: display.id,
      address: display.address,
      ...(display.paired === null ? {} : { paired: display.paired }),
      connectedAt: display.connectedAt,
      goneAt,
      scene: display.scene,
      slow: display.slow,
      skipped: display.skipped,
      namesakes: goneAt === null ? namesakesOf(display, this.displays.all(), now) : 0,
      rendered: rendered ?? (goneAt === null ? null : (before?.rendered ?? null)),
      renderedAt: renderedAt ?? (goneAt === null ? null : (before?.renderedAt ?? null)),
      errors: display.errors,
      trend: heard && rendered ? withReport(trend, rendered, now) : trend,
    };
    this.known.set(id, kept);
    return kept;
  }

  /** A connection that ended says nothing of a screen that is here again, or went over to another process. */
  private isLast(display: Display, connected: ReadonlyMap<string, Display>): boolean {
    const id = idOf(display);
    if (connected.has(id)) return false;
    const known = this.known.get(id);
    return known === undefined || known.connection === display.id || known.connectedAt <= display.connectedAt;
  }

  /** A screen that had not said its name yet was kept under its connection's: that entry is nobody's now. */
  private renamed(heard: readonly Display[], connected: ReadonlyMap<string, Display>): string[] {
    const old = heard.flatMap((display) => {
      const before = this.names.get(display.id);
      return before !== undefined && before !== idOf(display) ? [before] : [];
    });
    this.names = new Map([...connected].map(([id, display]) => [display.id, id]));
    for (const id of old) this.known.delete(id);
    return old;
  }

  private async tidy(now: number): Promise<void> {
    const all = await this.store.all();
    const lastWord = ({ goneAt, renderedAt, connectedAt }: KeptDisplay) => goneAt ?? renderedAt ?? connectedAt;
    const byAge = [...all].sort((a, b) => lastWord(b) - lastWord(a));
    const gone = byAge.filter((kept, place) => place >= MAX_KEPT || now - lastWord(kept) > FORGET_AFTER_MS);
    await this.store.drop(gone.map(({ id }) => id));
    for (const { id } of gone) this.known.delete(id);
  }
}

const saidNothing = ({ goneAt, rendered }: KeptDisplay) => goneAt !== null && rendered === null;

function idOf(display: Display): string {
  return display.rendered?.screen ?? display.id;
}

/**
 * Two kiosks that were given one name are one entry, and it says so. An old connection of the same page that still stands is
 * no second screen: it says nothing any more once the new one is here.
 */
function namesakesOf(display: Display, displays: readonly Display[], now: number): number {
  return displays.filter(
    (other) =>
      other.id !== display.id &&
      idOf(other) === idOf(display) &&
      other.renderedAt !== null &&
      other.renderedAt > display.connectedAt &&
      now - other.renderedAt <= SILENT_AFTER_MS,
  ).length;
}

/** One connection a screen: while an old one of the same screen still stands, the newest speaks for it. */
function newestOf(displays: readonly Display[]): Map<string, Display> {
  const found = new Map<string, Display>();
  for (const display of displays) {
    const other = found.get(idOf(display));
    if (!other || other.connectedAt <= display.connectedAt) found.set(idOf(display), display);
  }
  return found;
}
