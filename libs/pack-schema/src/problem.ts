/** One thing that is wrong in a pack: what, where, and (in the message) what to do. */
export interface Problem {
  /** as given to `parsePack`: root of the layer and path inside it */
  file: string;
  /** from 1 */
  line: number;
  /** from 1 */
  col: number;
  message: string;
  /** path of the value inside its file: `feeds[2].readings.level.ops` */
  path: string;
}

/** A place in a file; line and column count from 1. */
export interface Spot {
  file: string;
  line: number;
  col: number;
}

export type PathStep = string | number;

/** `feeds[2].readings.level` */
export function showPath(path: readonly PathStep[]): string {
  let shown = '';
  for (const step of path) {
    if (typeof step === 'number') shown += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) shown += shown === '' ? step : `.${step}`;
    else shown += `[${JSON.stringify(step)}]`;
  }
  return shown;
}

/** `libs/packs/water/feeds.yaml:12:5 unknown key "topik", did you mean "topic"?` */
export function showProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.col} ${problem.message}`;
}

/** Problems in the order of a reader: by file, then line, then column; equal ones once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const once = problems.filter((problem) => {
    const key = showProblem(problem);
    return !seen.has(key) && seen.add(key);
  });
  return once.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.col - b.col));
}
