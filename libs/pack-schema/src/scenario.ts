import { checkScenarios } from './checks/scenarios.js';
import { type ScenarioSpec, scenarioFile } from './files/scenario.js';
import type { Pack } from './pack.js';
import { type Problem, sortProblems } from './problem.js';
import { PackSource } from './source.js';

/**
 * A scenario that stands in a file of its own, checked against the packs it speaks of.
 * @param file as problems name it
 */
export function parseScenario(
  text: string,
  file: string,
  systems: ReadonlyMap<string, Pack>,
): { scenario?: ScenarioSpec; problems: Problem[] } {
  const source = new PackSource([{ root: '', files: new Map([[file, text]]) }]);
  const read = source.read(file);
  const value = read === undefined || read.broken ? undefined : source.check(scenarioFile, read.value, [], file);
  if (value !== undefined) {
    checkScenarios([{ value, raw: read?.value, path: [] }], systems, source, () => file, false);
  }
  const problems = sortProblems(source.problems);
  return problems.length > 0 || value === undefined ? { problems } : { scenario: value, problems };
}
