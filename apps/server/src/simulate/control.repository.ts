import { type SimulatorState, STATE_FORMAT } from '@citywall/simulator';
import { Inject, Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { ControlStore, PublisherReport, SimulatorGlance } from './control.types.js';

const KEY = 'cw:simulate';
const CHANNEL = 'cw:simulate:changed';

/** Two who command at once must not undo each other: the second sees the first's revision and applies its command again. */
const WRITE = `
local now = redis.call('HGET', KEYS[1], 'revision')
local same = redis.call('HGET', KEYS[1], 'format') == ARGV[8]
if ARGV[1] == '' then
  if now and same then return 0 end
elseif now ~= ARGV[1] or not same then
  return 0
end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'state', ARGV[3], 'speed', ARGV[4], 'scenario', ARGV[5], 'startedAt', ARGV[6], 'format', ARGV[8])
redis.call('PUBLISH', ARGV[7], ARGV[2])
return 1`;

/**
 * `cw:simulate` hash: `state` (JSON {@link SimulatorState}), `revision`, at a glance `speed`, `scenario`, `startedAt`, `format`, and of the
 * publisher `report` (JSON) and `moment`; channel `cw:simulate:changed`.
 */
@Injectable()
export class ControlRepository implements ControlStore {
  constructor(@Inject(RedisConnection) private readonly redis: Pick<RedisConnection, 'commands' | 'subscriber'>) {}

  async read(): Promise<SimulatorState | null> {
    return stateOf(await this.redis.commands.hget(KEY, 'state'));
  }

  async write(state: SimulatorState, before: number | null, glance: SimulatorGlance): Promise<boolean> {
    const written = await this.redis.commands.eval(
      WRITE,
      1,
      KEY,
      before === null ? '' : String(before),
      String(state.revision),
      JSON.stringify(state),
      String(glance.speed),
      glance.scenario,
      String(Math.round(glance.startedAt)),
      CHANNEL,
      String(STATE_FORMAT),
    );
    return written === 1;
  }

  async report(): Promise<PublisherReport | null> {
    const text = await this.redis.commands.hget(KEY, 'report');
    const report = parsed<PublisherReport>(text);
    return typeof report?.at === 'number' ? report : null;
  }

  async writeReport(report: PublisherReport, moment: number): Promise<void> {
    await this.redis.commands.hset(KEY, 'report', JSON.stringify(report), 'moment', String(Math.round(moment)));
  }

  onChange(listener: () => void): () => void {
    const { subscriber } = this.redis;
    const heard = (channel: string) => {
      if (channel === CHANNEL) listener();
    };
    // While Redis is gone this fails; the client subscribes again by itself only to what once succeeded.
    const subscribe = () => void subscriber.subscribe(CHANNEL).then(listener, () => {});
    subscriber.on('message', heard);
    subscriber.on('ready', subscribe);
    if (subscriber.status === 'ready') subscribe();
    return () => {
      subscriber.off('message', heard);
      subscriber.off('ready', subscribe);
    };
  }
}

/** What another version wrote counts as nothing: a city begins anew rather than wrong. */
function stateOf(text: string | null): SimulatorState | null {
  const state = parsed<SimulatorState>(text);
  return state?.format === STATE_FORMAT ? state : null;
}

function parsed<T>(text: string | null): T | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
