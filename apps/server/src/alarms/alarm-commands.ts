import type { AlarmCommand, CommandAnswer } from '@citywall/alarms';
import { Problem } from '../api/problem.js';
import type { AlarmsRepository } from './alarms.repository.js';
import type { CommandOutcome, Settled } from './alarms.types.js';
import { COMMAND_LIFE_MS } from './system-alarms.js';

/** How long an answer is waited for, ms: past it no evaluator carries the command out any more. */
const WAIT_MS = COMMAND_LIFE_MS + 1_000;
/** Answers remembered that nobody waits for yet: one may be told before its command has its number. */
const REMEMBERED = 1_000;

/** Gives commands to the evaluators of alarms and hears what became of them. */
export class AlarmCommands {
  private readonly waiting = new Map<string, (outcome: CommandOutcome) => void>();
  private readonly early = new Map<string, CommandOutcome>();

  constructor(
    private readonly store: Pick<AlarmsRepository, 'ask' | 'outcome'>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Resolves once what became of it is kept.
   * @throws Problem `unavailable` where nobody evaluates the system's alarms: nothing was done
   */
  async give(command: AlarmCommand): Promise<CommandAnswer> {
    const system = command.id.slice(0, Math.max(0, command.id.indexOf('/')));
    const entry = await this.store.ask(system, command, this.now());
    const outcome = entry === null ? 'late' : await this.hear(system, entry);
    if (outcome === 'late')
      throw new Problem('unavailable', `nobody evaluates the alarms of ${system} now; nothing was done`, {
        retryAfter: 2,
      });
    return outcome;
  }

  /** Commands that are dealt with, once what came of them is told. */
  settle(system: string, settled: readonly Settled[]): void {
    for (const { entry, outcome } of settled) {
      const key = `${system} ${entry}`;
      const resolve = this.waiting.get(key);
      if (resolve !== undefined) resolve(outcome);
      else this.early.set(key, outcome);
    }
    for (const key of this.early.keys()) {
      if (this.early.size <= REMEMBERED) break;
      this.early.delete(key);
    }
  }

  private async hear(system: string, entry: string): Promise<CommandOutcome> {
    const key = `${system} ${entry}`;
    const told = this.early.get(key);
    this.early.delete(key);
    if (told !== undefined) return told;
    const heard = await new Promise<CommandOutcome | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS);
      this.waiting.set(key, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
    });
    this.waiting.delete(key);
    // the channel may have been closed when it was told
    return heard ?? (await this.store.outcome(system, entry)) ?? 'late';
  }
}
