import {
  activeRun,
  applyCommand,
  ControlError,
  faultsOf,
  finishedState,
  initialState,
  momentAt,
  resumedState,
  type SimulatorCommand,
  type SimulatorState,
  storyMinute,
} from '@citywall/simulator';
import { describe, expect, it } from '@jest/globals';
import { scenarioFile } from '../../../../libs/pack-schema/src/files/scenario.js';

const MINUTE = 60_000;
const words = { zh: '雨', en: 'Storm' };
const scenarios = ['storm', 'fire'].map((id) =>
  scenarioFile.parse({
    id,
    name: words,
    story: words,
    from: -10,
    until: 60,
    faults: [{ from: 5, until: 8, fault: { kind: 'silence', of: 'water/river' } }],
  }),
);
const fault = { kind: 'silence', of: 'water' } as const;

/** Commands at seconds after the start. */
function commanded(...commands: [second: number, command: SimulatorCommand][]): SimulatorState {
  return commands.reduce(
    (state, [second, command]) => applyCommand(state, command, scenarios, second * 1000),
    initialState(0, 'x'),
  );
}
const minuteAt = (state: SimulatorState, second: number) => activeRun(state, scenarios, second * 1000)?.minute;
const refused = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof ControlError) return error.reason;
    throw error;
  }
  return null;
};

describe('commands', () => {
  it('begin a story where it begins or at a minute of it, at a speed', () => {
    expect(minuteAt(commanded([0, { kind: 'start', scenario: 'storm' }]), 60)).toBeCloseTo(-9);
    const fast = commanded([0, { kind: 'start', scenario: 'storm', at: 20, speed: 20 }]);
    expect(minuteAt(fast, 60)).toBeCloseTo(40);
    expect(minuteAt(fast, 121)).toBeUndefined();
  });

  it('begin another instead of what runs', () => {
    const both = commanded([0, { kind: 'start', scenario: 'storm' }], [60, { kind: 'start', scenario: 'fire' }]);
    expect(activeRun(both, scenarios, 61_000)?.spec.id).toBe('fire');
    expect(both.runs.map(({ stopped }) => stopped)).toEqual([MINUTE, undefined]);
    expect(new Set(both.runs.map(({ n }) => n)).size).toBe(2);
  });

  it('pause the story while the city goes on at the real speed, and let it go on', () => {
    const paused = commanded([0, { kind: 'start', scenario: 'storm', at: 0, speed: 10 }], [60, { kind: 'pause' }]);
    expect(minuteAt(paused, 600)).toBeCloseTo(10);
    expect(momentAt(paused.turns, 120_000) - momentAt(paused.turns, 60_000)).toBe(60_000);
    const on = applyCommand(paused, { kind: 'resume' }, scenarios, 600_000);
    expect(minuteAt(on, 630)).toBeCloseTo(15);
    expect(refused(() => applyCommand(paused, { kind: 'pause' }, scenarios, 1))).toBe('paused');
    expect(refused(() => applyCommand(on, { kind: 'resume' }, scenarios, 1))).toBe('not-paused');
  });

  it('jump within the story, forth and back, also while it is paused', () => {
    const jumped = commanded([0, { kind: 'start', scenario: 'storm', at: 0 }], [60, { kind: 'jump', at: 40 }]);
    expect(minuteAt(jumped, 120)).toBeCloseTo(41);
    const back = applyCommand(jumped, { kind: 'jump', at: 2 }, scenarios, 120_000);
    expect(minuteAt(back, 180)).toBeCloseTo(3);
    expect(back.runs.map(({ replaced }) => replaced === true)).toEqual([true, true, false]);
    const still = commanded(
      [0, { kind: 'start', scenario: 'storm', at: 0 }],
      [60, { kind: 'pause' }],
      [70, { kind: 'jump', at: 40 }],
    );
    expect(minuteAt(still, 500)).toBeCloseTo(40);
    expect(minuteAt(applyCommand(still, { kind: 'resume' }, scenarios, 500_000), 560)).toBeCloseTo(41);
  });

  it('never turn the clock back, whatever they are', () => {
    let state = initialState(0, 'x');
    let moment = 0;
    const commands: SimulatorCommand[] = [
      { kind: 'start', scenario: 'storm', speed: 60 },
      { kind: 'pause' },
      { kind: 'jump', at: 5 },
      { kind: 'resume' },
      { kind: 'set', speed: 3 },
      { kind: 'stop' },
      { kind: 'reset' },
    ];
    commands.forEach((command, index) => {
      const now = (index + 1) * 10_000;
      state = applyCommand(state, command, scenarios, now);
      expect(momentAt(state.turns, now)).toBeGreaterThanOrEqual(moment);
      moment = momentAt(state.turns, now);
      expect(state.revision).toBe(index + 1);
    });
    expect((moment - 70_000) % 86_400_000).toBe(0);
    expect(state).toMatchObject({ speed: 1, paused: false });
  });

  it('say what cannot be', () => {
    const idle = initialState(0, 'x');
    const asked = (command: SimulatorCommand) => refused(() => applyCommand(idle, command, scenarios, 0));
    expect(asked({ kind: 'start', scenario: 'flood' })).toBe('no-scenario');
    expect(asked({ kind: 'start', scenario: 'storm', at: 60 })).toBe('outside');
    expect(asked({ kind: 'start', scenario: 'storm', speed: 61 })).toBe('speed');
    for (const kind of ['stop', 'pause'] as const) expect(asked({ kind })).toBe('nothing-runs');
    expect(asked({ kind: 'jump', at: 0 })).toBe('nothing-runs');
    expect(asked({ kind: 'set', speed: 0 })).toBe('speed');
    expect(asked({ kind: 'mend', id: 'f1' })).toBe('no-fault');
  });
});

describe('faults', () => {
  it('are ordered, last as long as was said, and are mended', () => {
    const ordered = commanded([0, { kind: 'fault', fault, lasts: MINUTE }], [1, { kind: 'fault', fault }]);
    expect(faultsOf(ordered, scenarios).map(({ from, until }) => [from, until])).toEqual([
      [0, MINUTE],
      [1000, Number.POSITIVE_INFINITY],
    ]);
    const mended = applyCommand(ordered, { kind: 'mend', id: ordered.faults[1]!.id }, scenarios, 5000);
    expect(faultsOf(mended, scenarios)[1]).toMatchObject({ until: 5000 });
    expect(applyCommand(ordered, { kind: 'reset' }, scenarios, 9000).faults.map(({ until }) => until)).toEqual([
      9000, 9000,
    ]);
  });

  it('of a story hold in their minutes of it', () => {
    const running = commanded([0, { kind: 'start', scenario: 'storm', at: 0 }]);
    expect(faultsOf(running, scenarios)).toEqual([
      { kind: 'silence', of: 'water/river', from: 5 * MINUTE, until: 8 * MINUTE },
    ]);
    const late = commanded([0, { kind: 'start', scenario: 'storm', at: 20 }]);
    expect(faultsOf(late, scenarios)).toEqual([]);
  });

  it('are not without number', () => {
    let state = initialState(0, 'x');
    for (let n = 0; n < 50; n += 1) state = applyCommand(state, { kind: 'fault', fault }, scenarios, n);
    expect(refused(() => applyCommand(state, { kind: 'fault', fault }, scenarios, 51))).toBe('faults');
  });
});

describe('a publisher that begins again', () => {
  const running = commanded([0, { kind: 'start', scenario: 'storm', at: 0, speed: 20 }]);

  it('goes on where the story was left, at its speed', () => {
    const told = { moment: momentAt(running.turns, 30_000), at: 30_000 };
    const resumed = resumedState(running, told, scenarios, 90_000);
    expect(minuteAt(resumed, 90)).toBeCloseTo(10);
    expect(minuteAt(resumed, 93)).toBeCloseTo(11);
  });

  it('brings an everyday city back to the time of day', () => {
    const idle = initialState(0, 'x');
    const resumed = resumedState(idle, { moment: 20_000, at: 20_000 }, scenarios, 900_000);
    expect(momentAt(resumed.turns, 900_000)).toBe(900_000);
  });

  it('begins what was ordered while there was no publisher, from its first minute', () => {
    for (const told of [null, { moment: -5_000, at: -5_000 }]) {
      // at this speed the whole story would have gone by
      const resumed = resumedState(running, told, scenarios, 600_000);
      expect(minuteAt(resumed, 600)).toBeCloseTo(0);
      expect(minuteAt(resumed, 603)).toBeCloseTo(1);
      expect(minuteAt(resumedState(running, told, scenarios, 7_200_000), 7_200)).toBeUndefined();
    }
  });

  it('does not begin anew what was only hurried in its last second', () => {
    const told = { moment: momentAt(running.turns, 30_000), at: 30_000 };
    const hurried = applyCommand(running, { kind: 'set', speed: 40 }, scenarios, 30_500);
    const resumed = resumedState(hurried, told, scenarios, 90_000);
    expect(minuteAt(resumed, 90)).toBeCloseTo(10);
    expect(minuteAt(resumed, 93)).toBeCloseTo(12);
  });

  it('does not take up a story of yesterday', () => {
    const resumed = resumedState(running, { moment: 1000, at: 1000 }, scenarios, 7_200_000);
    expect(activeRun(resumed, scenarios, 7_200_000)).toBeUndefined();
    expect(resumed.speed).toBe(1);
  });
});

describe('the end of a story', () => {
  it('brings the real speed back, once', () => {
    const running = commanded([0, { kind: 'start', scenario: 'storm', at: 40, speed: 20 }]);
    expect(finishedState(running, scenarios, 30_000)).toBe(running);
    const done = finishedState(running, scenarios, 61_000);
    expect(done).toMatchObject({ speed: 1 });
    expect(done.runs[0]).toMatchObject({ finished: true });
    expect(finishedState(done, scenarios, 62_000)).toBe(done);
    expect(storyMinute(done.runs[0]!, momentAt(done.turns, 61_000))).toBeGreaterThan(60);
  });
});
