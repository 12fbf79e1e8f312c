import { ENVIRONMENT, type Reader, type Variable } from './environment.js';

const READERS: Record<Reader, string> = { server: 'server', launcher: '`npm start`', tests: 'tests' };

/** `docs/reference/environment.md`, whole; a test keeps the file in step. */
export function environmentReference(): string {
  const rows = Object.entries<Variable>(ENVIRONMENT).map(([name, entry]) => {
    const fallback =
      entry.default === undefined ? '–' : /[ `]/.test(entry.default) ? entry.default : `\`${entry.default}\``;
    return `| \`${name}\` | ${fallback} | ${entry.doc} | ${READERS[entry.reader]} |`;
  });
  return [
    '# Environment',
    '',
    'Generated from `apps/server/src/config/environment.ts`; a test keeps it in step.',
    'An empty variable counts as absent. All problems are printed at once and refuse the start; unknown `CITYWALL_*` names are reported.',
    '',
    '| variable | default | what it does | read by |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
