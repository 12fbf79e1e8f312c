/**
 * What every benchmark shares: arms measured in turn (A B A B …, so that what else the machine does meets both), medians,
 * the processor time of a process, and the result as a table and as test/bench/out/<name>.json.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';

export const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** The median of ratios of what was measured side by side: round by round, not of two medians. */
export const medianRatio = (of: readonly number[], to: readonly number[]): number =>
  median(of.map((value, round) => value / (to[round] ?? Number.NaN)));

/** User and system time that a running process has had so far, s; the kernel counts in steps of 10 ms. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process, MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

/** Asks again and again until it is so. */
export async function until(ready: () => Promise<boolean> | boolean, everyMs = 5): Promise<void> {
  while (!(await ready())) await pause(everyMs);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A small linear congruential generator, 0 ≤ x < 1: the same order in every run, and no lock to a phase of a tick. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs all arms once a round, in their order; prints each result as it comes. */
export async function inTurn<Name extends string, Result>(
  rounds: number,
  arms: Record<Name, () => Promise<Result>>,
  say: (result: Result) => string,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(arms) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const result = await arms[name]();
      results[name].push(result);
      console.log(`round ${round} ${name}: ${say(result)}`);
    }
  }
  return results;
}

/** Prints the rows as a table and keeps them, with everything measured, the date and how loaded the machine was. */
export function report(name: string, rows: Record<string, string | number>[], measured: object): void {
  console.table(rows);
  const machine = { cores: availableParallelism(), load: loadavg() };
  console.log(`load of the machine over 1, 5, 15 minutes: ${machine.load.map((load) => load.toFixed(1)).join(', ')}`);
  const out = join(import.meta.dirname, 'out');
  mkdirSync(out, { recursive: true });
  const kept = { date: new Date().toISOString(), machine, rows, ...measured };
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}

/** A number for a table. */
export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
