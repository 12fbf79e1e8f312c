import { parseArgs } from 'node:util';

import { type FaultSpec, faultProblems, faultSpec, type ScenarioSpec } from '@citywall/pack-schema';
import {
  activeRun,
  ControlError,
  isOn,
  momentAt,
  type Scale,
  type SimulatorCommand,
  type SimulatorState,
} from '@citywall/simulator';

import { withoutSecrets } from '../../config/index.js';
import { SimulatorControl } from '../../simulate/control.service.js';
import { type PublisherReport, SILENT_AFTER } from '../../simulate/control.types.js';
import type { Command } from '../command.js';
import { UsageError } from '../command.js';
import { findInstallation } from '../doctor/installation.js';
import { openWorkspace } from '../workspace.js';

const OPTIONS = {
  scenario: { type: 'string' },
  at: { type: 'string' },
  speed: { type: 'string' },
  seed: { type: 'string' },
  jump: { type: 'string' },
  stop: { type: 'boolean' },
  pause: { type: 'boolean' },
  resume: { type: 'boolean' },
  reset: { type: 'boolean' },
  fault: { type: 'string', multiple: true },
  for: { type: 'string' },
  mend: { type: 'boolean' },
  file: { type: 'string' },
  mqtt: { type: 'string' },
  assets: { type: 'string' },
  rate: { type: 'string' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

export const simulateCommand: Command = {
  name: 'simulate',
  usage:
    'simulate [--scenario ID [--at MIN]] [--speed 1-60] [--pause|--resume|--jump MIN|--stop|--reset] [--fault KIND:TARGET [--for MIN]|--mend] [--seed TEXT] [--mqtt URL [--file FILE | --assets N --rate N]]',
  summary:
    'Look at or command the running simulator; with --mqtt publish a simulated city, a scenario of a FILE, or a crowd of N assets to a broker.',
  async run(args, io) {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.mqtt !== undefined) {
      // loaded here alone: it brings a client of the broker with it
      const { publishCity } = await import('../simulate/publish.js');
      return publishCity(
        {
          url: values.mqtt,
          file: values.file,
          scenario: values.scenario,
          at: number(values.at, 'at'),
          speed: number(values.speed, 'speed'),
          seed: values.seed,
          scale: scaleOf(values),
        },
        io,
      );
    }
    if (scaleOf(values) !== undefined)
      throw new UsageError('--assets and --rate need --mqtt: name the broker they go to');
    if (values.file !== undefined) throw new UsageError('--file needs --mqtt: name the broker the scenario goes to');
    const commands = commandsOf(values);
    const { url } = findInstallation(io).redis;
    if (url === null) {
      io.err(
        'no CityWall runs here: start one, name its Redis in CITYWALL_REDIS_URL, or publish to a broker with --mqtt',
      );
      return 1;
    }
    const { openControlStore } = await import('../simulate/store.repository.js');
    const store = openControlStore(url);
    try {
      const { loaded } = await openWorkspace([], io);
      const scenarios = [...loaded.values()].flatMap(({ pack }) => pack?.scenarios ?? []);
      const control = new SimulatorControl(store, () => scenarios, io.now);
      const systems = new Map(
        [...loaded].flatMap(([id, { pack }]) => (pack === undefined ? [] : [[id, pack] as const])),
      );
      for (const command of commands) {
        const [problem] = command.kind === 'fault' ? faultProblems(command.fault, systems) : [];
        if (problem !== undefined) throw new UsageError(`--fault: ${problem.message}`);
        await control.command(command);
      }
      for (const line of told(await control.state(), await store.report(), scenarios, io.now())) io.out(line);
      return 0;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (error instanceof ControlError) io.err(error.message);
      else io.err(`Redis at ${withoutSecrets(url)}: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    } finally {
      await store.close();
    }
  },
};

/** At most one that starts, ends or moves a story; what is set comes with it. */
function commandsOf(values: Values): SimulatorCommand[] {
  const speed = number(values.speed, 'speed');
  const at = number(values.at, 'at');
  const jump = number(values.jump, 'jump');
  const commands: SimulatorCommand[] = [];
  if (values.reset) commands.push({ kind: 'reset' });
  if (values.stop) commands.push({ kind: 'stop' });
  if (values.seed !== undefined) commands.push({ kind: 'set', seed: values.seed });
  if (values.scenario !== undefined) {
    commands.push({
      kind: 'start',
      scenario: values.scenario,
      ...(at === undefined ? {} : { at }),
      ...(speed === undefined ? {} : { speed }),
    });
  } else {
    if (at !== undefined) throw new UsageError('--at needs --scenario; within one that runs use --jump');
    if (speed !== undefined) commands.push({ kind: 'set', speed });
  }
  if (jump !== undefined) commands.push({ kind: 'jump', at: jump });
  if (values.pause) commands.push({ kind: 'pause' });
  if (values.resume) commands.push({ kind: 'resume' });
  const lasts = number(values.for, 'for');
  if (values.mend) commands.push({ kind: 'mend' });
  for (const text of values.fault ?? []) {
    commands.push({ kind: 'fault', fault: faultOf(text), ...(lasts === undefined ? {} : { lasts: lasts * 60_000 }) });
  }
  return commands;
}

/** `--assets` of a crowd and its values a second, `--rate`. */
function scaleOf(values: Values): Scale | undefined {
  const assets = number(values.assets, 'assets');
  const rate = number(values.rate, 'rate');
  if (assets === undefined && rate === undefined) return undefined;
  for (const [name, size] of Object.entries({ assets, rate }))
    if (size !== undefined && size < 1) throw new UsageError(`--${name} must be at least 1`);
  return { ...(assets === undefined ? {} : { assets }), ...(rate === undefined ? {} : { rate }) };
}

/** `silence:water/river`, `spike:water/river:assets=60711201,value=level,add=9`; several assets by `+`. */
export function faultOf(text: string): FaultSpec {
  const [kind = '', of = '', ...rest] = text.split(':');
  const pairs = rest
    .join(':')
    .split(',')
    .filter(Boolean)
    .map((pair): [string, unknown] => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (name === 'assets') return [name, value.split('+')];
      return [name, value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    });
  const parsed = faultSpec.safeParse({ kind, of, ...Object.fromEntries(pairs) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`--fault ${text}: ${issue?.path.join('.') || 'fault'}: ${issue?.message ?? 'not understood'}`);
}

function number(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--${name} ${text} is no number`);
  return value;
}

function told(
  state: SimulatorState,
  report: PublisherReport | null,
  scenarios: readonly ScenarioSpec[],
  now: number,
): string[] {
  const active = activeRun(state, scenarios, now);
  const lives = report !== null && now - report.at < SILENT_AFTER;
  const moment = momentAt(state.turns, now);
  const ahead = Math.round((moment - now) / 60_000);
  const faults = state.faults.filter((one) => isOn(one, moment)).map(({ fault }) => `${fault.kind}:${fault.of}`);
  const rates = Object.entries(report?.rates ?? {}).map(([system, rate]) => `${system} ${rate}`);
  return [
    lives
      ? `publishing (process ${report.pid}): ${rates.join(', ') || 'nothing yet'} messages a second`
      : 'no publisher runs',
    `speed x${state.speed}${state.paused ? ', the story is paused' : ''}${ahead === 0 ? '' : `, the city's clock ${ahead} min ahead`}, seed ${state.seed}`,
    active === undefined
      ? `no scenario runs; there are ${scenarios.map(({ id }) => id).join(', ') || 'none'}`
      : `${active.spec.id}: T${active.minute < 0 ? '-' : '+'}${Math.abs(Math.round(active.minute))} min of ${active.spec.from} … ${active.spec.until}`,
    ...(faults.length === 0 ? [] : [`broken on purpose: ${faults.join(', ')}`]),
  ];
}
