/** ok: as it should be · note: good to know · warn: works, promises less · fail: does not work, or promises nothing */
export const VERDICTS = ['ok', 'note', 'warn', 'fail'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One line of the doctor. */
export interface Finding {
  /** what was looked at: `redis`, `broker default` */
  subject: string;
  verdict: Verdict;
  /** what is so, and what that promises */
  says: string;
  /** what to do about it */
  advice?: string;
}

/** Collects findings of one subject. */
export function about(subject: string) {
  const findings: Finding[] = [];
  const add = (verdict: Verdict) => (says: string, advice?: string) =>
    void findings.push({ subject, verdict, says, ...(advice === undefined ? {} : { advice }) });
  return { findings, ok: add('ok'), note: add('note'), warn: add('warn'), fail: add('fail') };
}

export function bytes(count: number): string {
  for (const [size, unit] of [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
  ] as const) {
    if (count >= size) return `${(count / size).toFixed(count >= 100 * size ? 0 : 1)} ${unit}`;
  }
  return `${Math.round(count / 1e3)} kB`;
}
