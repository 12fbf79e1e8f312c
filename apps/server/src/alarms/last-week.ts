import type { AlarmMachine, UsualAsked } from '@citywall/alarms';
import type { StateRepository } from '../state/index.js';

const HOUR = 3_600_000;
/** Hours of the past that are read at a time: at the turn of an hour every series asks. */
const AT_ONCE = 16;

/** Answers what rules of deviation ask of the past from the windows of the state: once an hour and series. */
export class LastWeek {
  private asked: { machine: AlarmMachine; one: UsualAsked }[] = [];
  private reading = 0;

  /** @param answered called after each answer */
  constructor(
    private readonly state: Pick<StateRepository, 'windows'>,
    private readonly now: () => number,
    private readonly answered: () => void,
  ) {}

  serve(machine: AlarmMachine): void {
    for (const one of machine.takeAsked()) this.asked.push({ machine, one });
    while (this.reading < AT_ONCE) {
      const next = this.asked.shift();
      if (next === undefined) return;
      this.reading++;
      void this.answer(next.machine, next.one).finally(() => {
        this.reading--;
        this.answered();
      });
    }
  }

  private async answer(machine: AlarmMachine, one: UsualAsked): Promise<void> {
    try {
      const [hour] = await this.state.windows(one.asset, one.metric, one.of, one.of + HOUR, HOUR);
      machine.learnUsual(one, hour?.avg ?? null, this.now());
    } catch {
      // Redis is gone, which its own notice says: the next reading asks again.
      machine.forgetAsked(one);
    }
  }
}
