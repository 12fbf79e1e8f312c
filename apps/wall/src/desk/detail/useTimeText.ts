import { clockText, dateText } from '../../readings/age.js';
import { useDesk } from '../useDesk.js';

/** A time of the clock, with its day where that is not today's. @returns text of Unix ms */
export function useTimeText(): (at: number) => string {
  const desk = useDesk();
  return (at) => (dateText(at) === dateText(desk.now) ? clockText(at) : `${dateText(at).slice(5)} ${clockText(at)}`);
}
