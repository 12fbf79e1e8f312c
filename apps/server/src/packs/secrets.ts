import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { SECRET } from '@citywall/pack-schema';

/** A secret or certificate that is not there. Its message names it, never a value. */
export class Absent extends Error {}

/**
 * A text of a site's file with its `${env:NAME}` and `${file:/path}` put in.
 * @param dir folder of the file, for paths relative to it
 * @throws Absent
 */
export function withSecrets(text: string, dir: string, env: NodeJS.ProcessEnv): string {
  return text.replace(SECRET, (_whole, kind: string, name: string) => {
    // Files that hold one secret end with a newline that does not belong to it.
    if (kind === 'file') return contents(name, dir).replace(/\r?\n$/, '');
    const value = env[name];
    if (value === undefined || value === '') throw new Absent(`the environment has no ${name}`);
    return value;
  });
}

/** @throws Absent */
export function contents(path: string, dir: string): string {
  try {
    return readFileSync(isAbsolute(path) ? path : resolve(dir, path), 'utf8');
  } catch (error) {
    throw new Absent(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
}
