import { readFileSync } from 'node:fs';
import type { AlarmCommand } from '@citywall/alarms';
import type { AlarmHappening, StandingAlarm } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { listen } from '../infra/channel.js';
import { RedisConnection } from '../infra/redis.connection.js';
import { KEPT_HAPPENINGS, type KeptHappening } from './alarm-list.js';
import type { AlarmsChange, AlarmsToSave, AskedCommand, CommandOutcome, KeptAlarm, Settled } from './alarms.types.js';
import { veiled } from './told.js';

const lua = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const LEASE = lua('lease');
const SAVE = lua('save');
const ASK = lua('ask');
const RELEASE = lua('release');
/** Entries of a system's alarms journal. */
const LOG_ENTRIES = 50_000;
/** Entries that are looked at for what chattered before a start. */
const RECALLED = 10_000;
/** Commands of a system that may wait for its evaluator: more are nobody's work. */
const MAX_COMMANDS = 10_000;

/** `cw:{system}:alarms…` (docs/reference/redis.md). Every method rejects with the error of Redis when it is gone or refuses. */
@Injectable()
export class AlarmsRepository {
  constructor(private readonly redis: RedisConnection) {}

  /**
   * Takes or renews the lease of a system. Resolves false where another process has it, or had it since.
   * @param begins the owner knows nothing yet: it does not matter who had it before
   */
  async lease(system: string, owner: string, ttl: number, begins: boolean): Promise<boolean> {
    const [lease, evaluator] = [`cw:{${system}}:alarms:lease`, `cw:{${system}}:alarms:evaluator`];
    return (await this.redis.commands.eval(LEASE, 2, lease, evaluator, owner, ttl, begins ? '1' : '0')) === 1;
  }

  async release(system: string, owner: string): Promise<void> {
    await this.redis.commands.eval(RELEASE, 1, `cw:{${system}}:alarms:lease`, owner);
  }

  /**
   * Says that the alarms of some systems are evaluated, for `ttl` ms from now on; since when they are without a break stays
   * as it was first said.
   */
  async watch(systems: readonly string[], now: number, ttl: number): Promise<void> {
    if (systems.length === 0) return;
    const pipeline = this.redis.commands.pipeline();
    for (const system of systems) {
      pipeline.set(watched(system), now, 'PX', ttl, 'NX');
      pipeline.pexpire(watched(system), ttl);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  /** Since when the alarms of systems are evaluated without a break, Unix ms; systems that nobody evaluates are not in it. */
  async watched(systems: readonly string[]): Promise<Map<string, number>> {
    if (systems.length === 0) return new Map();
    const pipeline = this.redis.commands.pipeline();
    for (const system of systems) pipeline.get(watched(system));
    const since = new Map<string, number>();
    ((await pipeline.exec()) ?? []).forEach(([error, text], index) => {
      if (error) throw error;
      if (typeof text === 'string') since.set(systems[index] as string, Number(text));
    });
    return since;
  }

  /**
   * Keeps and tells, whole or not at all; the same `id` again changes nothing. Resolves false where another process has the lease, or
   * had it since this one began: nothing was done.
   */
  async save(system: string, owner: string, ttl: number, toSave: AlarmsToSave & { id: string }): Promise<boolean> {
    const { id, saved, gone, happenings, settled } = toSave;
    const standing = saved.flatMap(({ told }) => told ?? []);
    const fallen = [...gone, ...saved.flatMap(({ alarm, told }) => (told === null ? alarm.id : []))];
    const answer = await this.redis.commands.eval(
      SAVE,
      9,
      ...keys(system),
      owner,
      ttl,
      changed(system),
      LOG_ENTRIES,
      id,
      saved.length,
      ...saved.flatMap((kept) => [kept.alarm.id, JSON.stringify(kept)]),
      gone.length,
      ...gone,
      settled.length,
      ...settled.flatMap(({ entry, outcome }) => [entry, outcome]),
      happenings.length,
      ...happenings.map((happening) => JSON.stringify(happening)),
      JSON.stringify(standing),
      JSON.stringify(fallen),
      JSON.stringify(settled),
    );
    return answer === 1;
  }

  /** All alarms of a system that are not normal or set aside, and commands that no evaluator has settled yet. */
  async kept(system: string): Promise<{ alarms: KeptAlarm[]; commands: AskedCommand[] }> {
    const [alarms, acks, commands] = await Promise.all([
      this.redis.commands.hvals(`cw:{${system}}:alarms`),
      this.redis.commands.hvals(`cw:{${system}}:alarms:acks`),
      this.waiting(system),
    ]);
    // an earlier CityWall kept acknowledgements apart; they count, however long ago they were given
    const earlier = acks.map((text): AskedCommand => {
      const { id, by } = parse<{ id: string; by: string }>(text);
      return { entry: '0-0', id, by, act: { do: 'acknowledge' } };
    });
    return { alarms: alarms.map(parse<KeptAlarm>), commands: [...earlier, ...commands] };
  }

  /** An alarm as the machine keeps it; null: it is normal. */
  async one(system: string, id: string): Promise<KeptAlarm['alarm'] | null> {
    const text = await this.redis.commands.hget(`cw:{${system}}:alarms`, id);
    return text === null ? null : parse<KeptAlarm>(text).alarm;
  }

  /** Which alarms of a system were raised since a moment and when, oldest first; of a storm the newest. @param since Unix ms */
  async raisedSince(system: string, since: number): Promise<{ id: string; at: number }[]> {
    const log = `cw:{${system}}:alarms:log`;
    const entries = await this.redis.commands.xrevrange(log, '+', `${since}-0`, 'COUNT', RECALLED);
    const raised: { id: string; at: number }[] = [];
    const quiet = new Map<string, number>();
    for (const [, fields] of entries.reverse()) {
      const { kind, at, alarm } = parse<AlarmHappening>(fields[1] ?? '{}');
      if (kind === 'raised') raised.push({ id: alarm.id, at });
      else if (kind === 'quiet') quiet.set(alarm.id, at);
    }
    // what was quiet is counted from the beginning
    return raised.filter(({ id, at }) => at > (quiet.get(id) ?? 0));
  }

  /** Entries of a system's journal that are not archived yet; 0 where nobody archives. */
  async unarchived(system: string): Promise<number> {
    const answers = await this.redis.commands
      .multi()
      .hget('cw:archive', `alarms/${system}`)
      .xinfo('STREAM', `cw:{${system}}:alarms:log`)
      .exec();
    const [[, position], [, about]] = (answers ?? []) as [[unknown, string | null], [unknown, unknown]];
    if (!position || !Array.isArray(about)) return 0;
    const added = Number(about[about.indexOf('entries-added') + 1]);
    const archived = parse<{ added: number | null }>(position).added;
    return archived === null || !Number.isFinite(added) ? 0 : Math.max(0, added - archived);
  }

  /** Commands that no evaluator has settled yet, in the order they were asked for. */
  async waiting(system: string): Promise<AskedCommand[]> {
    const entries = await this.redis.commands.xrange(`cw:{${system}}:alarms:commands`, '-', '+');
    return entries.map(([entry, fields]) => ({ ...parse<AlarmCommand & { at: number }>(fields[1] ?? '{}'), entry }));
  }

  /** What is told of a system now, and the counter from which changes have to be applied to it. */
  async told(system: string): Promise<{ n: number; standing: StandingAlarm[]; happenings: KeptHappening[] }> {
    const answers = await this.redis.commands
      .multi()
      .get(`cw:{${system}}:alarms:n`)
      .hvals(`cw:{${system}}:alarms`)
      .xrevrange(`cw:{${system}}:alarms:log`, '+', '-', 'COUNT', KEPT_HAPPENINGS)
      .exec();
    const [n, alarms, log] = (answers ?? []).map(([error, answer]) => {
      if (error) throw error;
      return answer;
    }) as [string | null, string[], [string, string[]][]];
    return {
      n: Number(n ?? 0),
      standing: alarms.flatMap((text) => toldOf(parse<KeptAlarm>(text))),
      happenings: log.reverse().map(([entry, fields]) => {
        const happening = parse<AlarmHappening>(fields[1] ?? '{}');
        return { ...happening, alarm: veiled(happening.alarm), entry };
      }),
    };
  }

  /**
   * Notes a command and tells the evaluator. Resolves to its place among the commands; null: too many wait, it was not noted.
   * @param at when it is asked for, Unix ms
   */
  async ask(system: string, command: AlarmCommand, at: number): Promise<string | null> {
    const text = JSON.stringify({ ...command, at });
    const key = `cw:{${system}}:alarms:commands`;
    return ((await this.redis.commands.eval(ASK, 1, key, text, asked(system), MAX_COMMANDS)) as string) || null;
  }

  /** What became of a command a while ago; null: nothing yet, or it is too long ago. */
  async outcome(system: string, entry: string): Promise<CommandOutcome | null> {
    return (await this.redis.commands.get(`${outcomes(system)}${entry}`)) as CommandOutcome | null;
  }

  /** How many times faster than the clock the simulator runs, as it says itself; 1 where none does. */
  async pace(): Promise<number> {
    const speed = Number(await this.redis.commands.hget('cw:simulate', 'speed'));
    return Number.isFinite(speed) && speed > 0 ? speed : 1;
  }

  /** Changes from now on; each system's first item, also after an interruption, is `lost`: read the system then. */
  changes(systems: readonly string[]): Observable<AlarmsChange> {
    return this.listen(systems, changed, (system, text) => {
      if (text === null) return { system, n: 0, standing: [], gone: [], happenings: [], settled: [], lost: true };
      const [n, standing, gone, log, settled] =
        parse<[number, StandingAlarm[], string[], [string, AlarmHappening][], Settled[]]>(text);
      const happenings = log.map(([entry, happening]) => ({ ...happening, entry }));
      return { system, n, standing, gone, happenings, settled };
    });
  }

  /** Commands from now on; null whenever the channel is opened: those of before are in `waiting`. */
  commands(system: string): Observable<AskedCommand | null> {
    return this.listen([system], asked, (_, text) => {
      if (text === null) return null;
      const [entry, command] = parse<[string, AlarmCommand & { at: number }]>(text);
      return { ...command, entry };
    });
  }

  /** Messages of a channel a system. `text` is null when the channel was (re)opened. */
  private listen<Item>(
    systems: readonly string[],
    channelOf: (system: string) => string,
    item: (system: string, text: string | null) => Item,
  ): Observable<Item> {
    const systemOf = new Map(systems.map((system) => [channelOf(system), system]));
    return listen(this.redis.subscriber, [...systemOf.keys()]).pipe(
      map(({ channel, message }) =>
        item(systemOf.get(channel) as string, message === null ? null : message.toString()),
      ),
    );
  }
}

/** KEYS of save.lua. */
const keys = (system: string): string[] => {
  const alarms = `cw:{${system}}:alarms`;
  const own = ['', ':log', ':commands', ':lease', ':n', ':acks'];
  return [...own.map((end) => alarms + end), outcomes(system), `${alarms}:evaluator`, `${alarms}:saved`];
};
const outcomes = (system: string) => `cw:{${system}}:alarms:outcome:`;
const watched = (system: string) => `cw:{${system}}:alarms:watched`;
const changed = (system: string) => `cw:{${system}}:alarms:changed`;
const asked = (system: string) => `cw:{${system}}:alarms:asked`;
const parse = <Shape>(text: string): Shape => JSON.parse(text) as Shape;

/** What an earlier CityWall told nothing of. */
const UNTOLD = {
  version: 0,
  active: true,
  shelved: null,
  outOfService: null,
  comments: [],
  worsened: null,
  chattering: null,
};

function toldOf({ told }: KeptAlarm): StandingAlarm[] {
  return told === null ? [] : [veiled({ ...UNTOLD, ...told })];
}
