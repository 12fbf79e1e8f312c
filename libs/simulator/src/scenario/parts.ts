import type { ScenarioSpec } from '@citywall/pack-schema';

/** What a scenario does to one system. */
export interface ScenarioPart {
  system: string;
  /** how many curves, states and lives it has there */
  parts: number;
}

/** Systems a scenario speaks of, in its order. */
export function partsOf({ drive, states, lives }: ScenarioSpec): ScenarioPart[] {
  const counts = new Map<string, number>();
  for (const { of } of [...drive, ...states, ...lives]) {
    const system = of.slice(0, of.indexOf('/'));
    counts.set(system, (counts.get(system) ?? 0) + 1);
  }
  return [...counts].map(([system, parts]) => ({ system, parts }));
}

/** Those that are not installed: what is told of them is left out. */
export function skippedParts(spec: ScenarioSpec, systems: ReadonlySet<string>): ScenarioPart[] {
  return partsOf(spec).filter(({ system }) => !systems.has(system));
}
