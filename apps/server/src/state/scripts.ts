import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script of this folder and the digest Redis knows it by. */
export interface Script {
  text: string;
  sha: string;
}

/** The parts, joined in their order, are one script: what a part declares as local, the later ones see. */
function script(...parts: string[]): Script {
  const text = parts.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8')).join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export const APPLY = script(
  './apply/begin.lua',
  './apply/windows.lua',
  './apply/recent.lua',
  './apply/readings.lua',
  './apply/journal.lua',
  './apply/occurrences.lua',
  './apply/rejections.lua',
  './apply/finish.lua',
);
export const SEEN = script('./seen.lua');
export const RECENT = script('./recent.lua');
export const NEWEST = script('./newest.lua');
