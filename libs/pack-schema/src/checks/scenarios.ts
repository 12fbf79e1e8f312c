import type { FaultSpec } from '../files/fault.js';
import type { ScenarioLife, ScenarioSpec } from '../files/scenario.js';
import type { SimulatorSpec, SimulatorStream, SimulatorValue } from '../files/simulator.js';
import type { Pack } from '../pack.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource } from '../source.js';
import { hint } from './known.js';

type Report = (path: PathStep[], message: string, at?: 'key' | 'value') => void;

/**
 * What a scenario speaks of must be there: streams, values, assets, lives, stages. Parts of systems that are not installed are
 * left alone (they are skipped when it runs), and all of it while the systems are not known.
 */
export function checkScenarios(
  scenarios: readonly Entry<ScenarioSpec>[],
  systems: ReadonlyMap<string, Pack> | undefined,
  source: PackSource,
  fileOf: (spec: ScenarioSpec) => string,
  /** whether a file must have the name of its scenario */
  named = true,
): void {
  for (const { value: spec, raw } of scenarios) {
    const file = fileOf(spec);
    const report: Report = (path, message, at = 'value') => source.report(raw, path, message, { file, at });
    const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.yaml$/, '');
    if (named && name !== spec.id)
      report(['id'], `the id "${spec.id}" and the file "${name}.yaml" differ; give both the same name`);
    spec.marks.forEach(({ at }, index) => {
      if (at < spec.from || at > spec.until) report(['marks', index, 'at'], 'outside `from` … `until`');
    });
    if (systems !== undefined) checkParts(spec, systems, report);
  }
}

function checkParts(spec: ScenarioSpec, systems: ReadonlyMap<string, Pack>, report: Report): void {
  spec.drive.forEach((drive, index) => {
    const found = streamOf(drive.of, systems, (message) => report(['drive', index, 'of'], message));
    if (found === undefined) return;
    const { stream, pack } = found;
    const value = valueNamed(stream, drive.value, (message) => report(['drive', index, 'value'], message));
    if (value !== undefined && !('decimals' in value)) {
      report(['drive', index, 'value'], `"${drive.value}" is coded, not a number: use states`);
    }
    checkAssets(drive.assets, stream.of, pack, ['drive', index, 'assets'], report);
    checkAssets(drive.spread?.assets, stream.of, pack, ['drive', index, 'spread', 'assets'], report);
    if (drive.spread !== undefined && drive.assets === undefined) {
      report(['drive', index, 'spread'], 'nothing is left to spread to: name the assets that follow the curve itself');
    }
  });
  spec.states.forEach((states, index) => {
    const found = streamOf(states.of, systems, (message) => report(['states', index, 'of'], message));
    if (found === undefined) return;
    const { stream, pack } = found;
    const value = valueNamed(stream, states.value, (message) => report(['states', index, 'value'], message));
    if (value !== undefined && 'decimals' in value) {
      report(['states', index, 'value'], `"${states.value}" is a number, not coded: use drive`);
    }
    checkAssets(states.assets, stream.of, pack, ['states', index, 'assets'], report);
  });
  for (const [index, { fault }] of spec.faults.entries()) {
    const path: PathStep[] = ['faults', index, 'fault'];
    for (const problem of faultProblems(fault, systems)) report([...path, ...problem.path], problem.message);
  }
  for (const [index, life] of spec.lives.entries()) checkLife(life, ['lives', index], systems, report);
}

function checkLife(life: ScenarioLife, path: PathStep[], systems: ReadonlyMap<string, Pack>, report: Report): void {
  const found = partOf(
    life.of,
    systems,
    (simulator) => simulator.lives,
    'life',
    (message) => report([...path, 'of'], message),
  );
  if (found === undefined) return;
  const { part: spec, pack } = found;
  if (life.assets !== undefined && spec.near === undefined) {
    report([...path, 'assets'], `${life.of} happens nowhere in particular: it has no \`near\``);
  } else if (spec.near !== undefined) checkAssets(life.assets, spec.near, pack, [...path, 'assets'], report);
  const stages = spec.stages.map(({ id }) => id);
  life.stages?.forEach(({ id }, place) => {
    if (!stages.includes(id))
      report([...path, 'stages', place, 'id'], `${life.of} has no stage "${id}"${hint(id, stages)}`);
  });
  const choices = [
    { choice: life, at: path },
    ...(life.mix ?? []).map((choice, i) => ({ choice, at: [...path, 'mix', i] })),
  ];
  for (const { choice, at } of choices) {
    for (const [list, fields] of Object.entries(choice.pick)) {
      const entries = Object.hasOwn(spec.pick, list) ? spec.pick[list] : undefined;
      if (entries === undefined) {
        report(
          [...at, 'pick', list],
          `${life.of} picks from no list "${list}"${hint(list, Object.keys(spec.pick))}`,
          'key',
        );
      } else if (!entries.some((entry) => agrees(entry.fields, fields))) {
        report([...at, 'pick', list], `no entry of "${list}" agrees with ${JSON.stringify(fields)}`);
      }
    }
    for (const [list, fields] of Object.entries(choice.fields)) {
      const known = new Set((spec.pick[list] ?? []).flatMap((entry) => Object.keys(entry.fields)));
      for (const field of Object.keys(fields)) {
        if (known.has(field)) continue;
        report(
          [...at, 'fields', list, field],
          `entries of "${list}" have no field "${field}"${hint(field, known)}`,
          'key',
        );
      }
    }
  }
}

/** What a fault speaks of that is not there; of systems that are not installed nothing is said. */
export function faultProblems(
  fault: FaultSpec,
  systems: ReadonlyMap<string, Pack>,
): { path: PathStep[]; message: string }[] {
  const [system = '', part] = fault.of.split('/');
  const pack = systems.get(system);
  if (pack === undefined) return [];
  const { streams = [], lives = [] } = pack.simulator ?? {};
  const ids = [...streams, ...lives].map(({ id }) => id);
  if (part !== undefined && !ids.includes(part)) {
    const message = `${system} has no stream or life "${part}" in its simulator.yaml${hint(part, ids)}`;
    return [{ path: ['of'], message }];
  }
  const types = streams.flatMap(({ id, of }) => (part === undefined || id === part ? [of] : []));
  const near = lives.flatMap(({ id, near: type }) =>
    type !== undefined && (part === undefined || id === part) ? [type] : [],
  );
  const keys = pack.assets.filter(({ type }) => types.includes(type) || near.includes(type)).map(({ key }) => key);
  const problems: { path: PathStep[]; message: string }[] = [];
  fault.assets?.forEach((key, index) => {
    if (keys.includes(key)) return;
    problems.push({ path: ['assets', index], message: `${fault.of} speaks of no asset "${key}"${hint(key, keys)}` });
  });
  const stream = streams.find(({ id }) => id === part);
  if (fault.kind === 'spike' && fault.value !== undefined && stream !== undefined) {
    valueNamed(stream, fault.value, (message) => problems.push({ path: ['value'], message }));
  }
  return problems;
}

/** Whether an entry of a list has all these fields with these values. */
export function agrees(entry: Record<string, unknown>, fields: Record<string, unknown>): boolean {
  return Object.entries(fields).every(([field, value]) => Object.hasOwn(entry, field) && entry[field] === value);
}

function streamOf(of: string, systems: ReadonlyMap<string, Pack>, report: (message: string) => void) {
  const found = partOf(of, systems, (simulator) => simulator.streams, 'stream', report);
  return found === undefined ? undefined : { stream: found.part, pack: found.pack };
}

/** undefined: not installed, or reported. */
function partOf<Part extends { id: string }>(
  of: string,
  systems: ReadonlyMap<string, Pack>,
  parts: (simulator: SimulatorSpec) => readonly Part[],
  what: string,
  report: (message: string) => void,
): { part: Part; pack: Pack } | undefined {
  const [system = '', id = ''] = of.split('/');
  const pack = systems.get(system);
  if (pack === undefined) return undefined;
  const all = pack.simulator === null ? [] : parts(pack.simulator);
  const part = all.find((candidate) => candidate.id === id);
  if (part !== undefined) return { part, pack };
  report(
    `${system} has no ${what} "${id}" in its simulator.yaml${hint(
      id,
      all.map((one) => one.id),
    )}`,
  );
  return undefined;
}

function valueNamed(
  stream: SimulatorStream,
  name: string,
  report: (message: string) => void,
): SimulatorValue | undefined {
  if (Object.hasOwn(stream.values, name)) return stream.values[name];
  report(`stream "${stream.id}" has no value "${name}"${hint(name, Object.keys(stream.values))}`);
  return undefined;
}

function checkAssets(
  keys: readonly string[] | undefined,
  type: string,
  pack: Pack,
  path: PathStep[],
  report: Report,
): void {
  if (keys === undefined) return;
  const known = pack.assets.filter((asset) => asset.type === type).map(({ key }) => key);
  keys.forEach((key, index) => {
    if (!known.includes(key)) report([...path, index], `${pack.id} has no asset "${type}/${key}"${hint(key, known)}`);
  });
}
