import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Texts of a folder by path inside it, as `parsePack` takes them. */
export function readTexts(directory: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    texts.set(path.slice(directory.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  }
  return texts;
}

export const FIXTURES = join(import.meta.dirname, 'fixtures');
