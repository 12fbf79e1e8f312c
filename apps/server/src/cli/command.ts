import type { Places } from '../config/index.js';

/** What a command may touch of the world; tests give their own. */
export interface Surroundings {
  /** a line on stdout */
  out(line: string): void;
  /** a line on stderr */
  err(line: string): void;
  env: Record<string, string | undefined>;
  /** Unix ms */
  now(): number;
  places: Places;
}

/** 0 ok · 1 problems found · 2 the command was not understood. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  name: string;
  /** arguments, as in `explain --topic T …` */
  usage: string;
  summary: string;
  run(args: string[], io: Surroundings): Promise<ExitCode>;
}

/** The arguments make no sense; printed with the usage. */
export class UsageError extends Error {
  readonly reason = 'usage';
}
