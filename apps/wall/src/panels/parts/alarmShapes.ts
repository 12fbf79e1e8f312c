import type { AlarmPriority } from '@citywall/model';

/** Shape of a priority as the path of a box of 16: P1 ▲ · P2 ◆ · P3 ● · P4 ■. Never a colour without its shape. */
export const SHAPES: Readonly<Record<AlarmPriority, string>> = {
  1: 'M8 1.5 15 14.5H1Z',
  2: 'M8 .8 15.2 8 8 15.2.8 8Z',
  3: 'M8 1.2a6.8 6.8 0 1 1 0 13.6 6.8 6.8 0 0 1 0-13.6Z',
  4: 'M1.8 1.8H14.2V14.2H1.8Z',
};
