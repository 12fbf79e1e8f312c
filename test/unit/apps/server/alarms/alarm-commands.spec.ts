import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AlarmCommands } from '../../../../../apps/server/src/alarms/alarm-commands.js';
import type { CommandOutcome } from '../../../../../apps/server/src/alarms/alarms.types.js';

const command = { id: 'water/high/river/a', by: 'li', act: { do: 'acknowledge' as const } };

function open(entry: string | null = '5-0') {
  const asked: unknown[] = [];
  const kept: { outcome: CommandOutcome | null } = { outcome: null };
  const commands = new AlarmCommands(
    {
      ask: async (...args) => {
        asked.push(args);
        return entry;
      },
      outcome: async () => kept.outcome,
    },
    () => 1_000,
  );
  return { asked, kept, commands };
}

describe('commands to alarms', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('resolve with what became of them, also where that is told before they have their number', async () => {
    const { asked, commands } = open();
    const given = commands.give(command);
    await jest.advanceTimersByTimeAsync(10);
    commands.settle('water', [{ entry: '5-0', outcome: 'changed' }]);
    expect(await given).toBe('changed');
    expect(asked).toEqual([['water', command, 1_000]]);
    commands.settle('water', [{ entry: '5-0', outcome: 'done' }]);
    expect(await commands.give(command)).toBe('done');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are not taken for those of another system', async () => {
    const { commands, kept } = open();
    commands.settle('traffic', [{ entry: '5-0', outcome: 'done' }]);
    kept.outcome = 'already';
    const given = commands.give(command);
    await jest.advanceTimersByTimeAsync(4_000);
    // nobody told: what is kept of it counts
    expect(await given).toBe('already');
  });

  it('say that nobody evaluates, where none took it in time or too many wait', async () => {
    const late = expect(open().commands.give(command)).rejects.toMatchObject({ reason: 'unavailable' });
    await jest.advanceTimersByTimeAsync(4_000);
    await late;
    await expect(open(null).commands.give(command)).rejects.toMatchObject({ reason: 'unavailable' });
    const { commands } = open();
    commands.settle('water', [{ entry: '5-0', outcome: 'late' }]);
    await expect(commands.give(command)).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
