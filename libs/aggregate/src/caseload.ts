import { mergeOrigin, type Occurrence, type Origin } from '@citywall/model';

export interface Caseload {
  /** began since then, whatever became of them */
  opened: number;
  /** not ended, whenever they began */
  open: number;
  /** ended since then */
  closed: number;
  origin: Origin;
}

/**
 * What came in, what lies there and what went out.
 * @param closed whether an occurrence has ended
 * @param from Unix ms since when begun and ended ones count
 */
export function caseload(
  occurrences: Iterable<Occurrence>,
  closed: (occurrence: Occurrence) => boolean,
  from: number,
): Caseload {
  const load: Caseload = { opened: 0, open: 0, closed: 0, origin: 'live' };
  for (const occurrence of occurrences) {
    const ended = closed(occurrence);
    const opened = (occurrence.beganAt ?? occurrence.at) >= from;
    if (opened) load.opened++;
    if (!ended) load.open++;
    else if (occurrence.at >= from) load.closed++;
    if (opened || !ended || occurrence.at >= from) load.origin = mergeOrigin(load.origin, occurrence.origin);
  }
  return load;
}
