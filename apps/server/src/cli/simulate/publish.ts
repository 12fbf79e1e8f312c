import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Pack, parseScenario, type ScenarioSpec, type SimulatorSpec, showProblem } from '@citywall/pack-schema';
import { activeRun, ControlError, type Scale, scaledPacks, valuesASecond } from '@citywall/simulator';
import { NEVER } from 'rxjs';
import { withoutSecrets } from '../../config/index.js';
import { shownPath } from '../../packs/packs.repository.js';
import { SimulatorControl } from '../../simulate/control.service.js';
import { MemoryControlStore } from '../../simulate/memory-store.js';
import { SimulateGateway } from '../../simulate/simulate.gateway.js';
import { SimulateService } from '../../simulate/simulate.service.js';
import type { ExitCode, Surroundings } from '../command.js';
import { openWorkspace } from '../workspace.js';

/** What a publisher of its own is to tell. */
export interface PublishOptions {
  url: string;
  /** a scenario in a file of its own */
  file: string | undefined;
  /** one of the city's */
  scenario: string | undefined;
  /** minute of the story to begin at */
  at: number | undefined;
  speed: number | undefined;
  seed: string | undefined;
  /** of a crowd instead of the city; undefined: the city */
  scale: Scale | undefined;
}

const LOOK_MS = 500;

/**
 * Publishes the packs' simulated city to any broker until it is interrupted, or until its scenario has come to its end. Marks
 * of the story are printed as they pass.
 */
export async function publishCity(options: PublishOptions, io: Surroundings): Promise<ExitCode> {
  const { loaded } = await openWorkspace(options.scale === undefined ? [] : profilesOf(io), io);
  const packs = new Map(
    [...loaded].flatMap(([id, { pack }]): [string, Pack][] => (pack === undefined ? [] : [[id, pack]])),
  );
  const scenarios = [...packs.values()].flatMap((pack) => pack.scenarios);
  let wanted = options.scenario;
  if (options.file !== undefined) {
    const path = resolve(options.file);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) {
      io.err(`${options.file} cannot be read`);
      return 1;
    }
    const { scenario, problems } = parseScenario(text, shownPath(path), packs);
    for (const problem of problems) io.err(showProblem(problem));
    if (scenario === undefined) return 1;
    scenarios.unshift(scenario);
    wanted ??= scenario.id;
  }
  const [first] = packs.values();
  let city = [...packs.values()].map((pack) => ({ ...pack, scenarios: pack === first ? scenarios : [] }));
  if (options.scale !== undefined) {
    city = scaledPacks(city, options.scale);
    if (city.length === 0) {
      io.err('no pack has a crowd in its simulator.yaml: name a folder with one, CITYWALL_PACKS_DIR=profiles');
      return 1;
    }
    for (const { id, simulator } of city) if (simulator !== null) io.out(crowdLine(id, simulator));
  }
  const store = new MemoryControlStore();
  const gateway = new SimulateGateway(options.url, `citywall-simulate-${process.pid}`, (text) => io.err(text));
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  const service = new SimulateService({ all: () => city, changes$: NEVER }, gateway, { now: io.now, ...seed }, store);
  const control = new SimulatorControl(store, () => scenarios, io.now, options.seed);
  service.start();
  try {
    const { at, speed } = options;
    if (wanted === undefined) {
      if (speed !== undefined) await control.command({ kind: 'set', speed });
    } else {
      await control.command({
        kind: 'start',
        scenario: wanted,
        ...(at === undefined ? {} : { at }),
        ...(speed === undefined ? {} : { speed }),
      });
    }
    io.out(`publishing to ${withoutSecrets(options.url)}; Ctrl+C ends it`);
    await ended(control, scenarios, io);
    return 0;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    io.err(error.message);
    return 1;
  } finally {
    await service.stop();
  }
}

/** The profiles of this installation, where it has them. */
function profilesOf({ places }: Surroundings): string[] {
  const profiles = join(places.builtinPacksDir, '../../profiles');
  return existsSync(profiles) ? [profiles] : [];
}

function crowdLine(id: string, simulator: SimulatorSpec): string {
  const assets = (simulator.crowd ?? []).reduce((all, { count }) => all + count, 0);
  return `${id}: ${assets} assets, ${Math.round(valuesASecond(simulator))} values a second`;
}

/** Resolves at an interrupt, or once a story that ran has come to its end. */
function ended(control: SimulatorControl, scenarios: readonly ScenarioSpec[], io: Surroundings): Promise<void> {
  return new Promise((done) => {
    let passed = Number.NEGATIVE_INFINITY;
    let ran = false;
    const finish = () => {
      clearInterval(timer);
      process.off('SIGINT', finish);
      process.off('SIGTERM', finish);
      done();
    };
    const look = async () => {
      const active = activeRun(await control.state(), scenarios, io.now());
      if (active === undefined) return ran ? finish() : undefined;
      ran = true;
      const { minute, spec } = active;
      for (const mark of spec.marks) {
        if (mark.at > minute || mark.at <= passed) continue;
        io.out(`T${mark.at < 0 ? '-' : '+'}${Math.abs(mark.at)} ${mark.zh} / ${mark.en}`);
      }
      passed = minute;
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    process.on('SIGINT', finish);
    process.on('SIGTERM', finish);
  });
}
