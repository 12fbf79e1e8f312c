import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script of this folder and the digest Redis knows it by. */
export interface Script {
  text: string;
  sha: string;
}

function script(name: string): Script {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export const APPLY = script('./apply.lua');
export const SEEN = script('./seen.lua');
export const RECENT = script('./recent.lua');
export const NEWEST = script('./newest.lua');
