import {
  AUDIENCES,
  type Audience,
  type JoinRequest,
  LOAD_REASONS,
  type LoadReason,
  type RenderedReport,
} from './frame.js';

/** What a display sends is not trusted: these read it member by member and take nothing else along. */

const MAX_TEXT = 200;

/** A join request, or null where it is not one. Another version is a join request too: it is refused with `version`. */
export function readJoin(value: unknown): JoinRequest | null {
  if (!isObject(value) || !Number.isInteger(value.v) || !isText(value.scene)) return null;
  const request: JoinRequest = { v: value.v as number, scene: value.scene };
  if (value.audience !== undefined) {
    // an audience nobody knows must not be answered with what staff see
    if (!AUDIENCES.includes(value.audience as Audience)) return null;
    request.audience = value.audience as Audience;
  }
  if (isObject(value.have) && isText(value.have.epoch) && Number.isInteger(value.have.seq)) {
    request.have = { epoch: value.have.epoch, seq: value.have.seq as number };
  }
  return request;
}

/** Texts of a report: names, not prose. */
const TEXTS = ['screen', 'theme', 'language', 'page'] as const;
const COUNTS = ['heap', 'frameAt', 'heard', 'latency', 'panels', 'power'] as const;
const ANSWERS = ['ready', 'hidden'] as const;
const MAX_NAME = 64;

/**
 * A report of what is on the screen, or null where it is not one. What is optional and wrong is left out: a page of
 * another version is still heard.
 */
export function readRendered(value: unknown): RenderedReport | null {
  if (!isObject(value) || !isText(value.scene)) return null;
  const { seq, fps, errors, size, loaded } = value;
  if (!isCount(seq) || !isCount(fps) || !isCount(errors)) return null;
  const report: RenderedReport = { scene: value.scene, seq, fps, errors };
  for (const name of TEXTS) {
    const text = value[name];
    if (isText(text) && text.length <= MAX_NAME) report[name] = text;
  }
  for (const name of COUNTS) {
    const count = value[name];
    if (isCount(count)) report[name] = count;
  }
  for (const name of ANSWERS) {
    const answer = value[name];
    if (typeof answer === 'boolean') report[name] = answer;
  }
  if (isObject(size) && isCount(size.width) && isCount(size.height) && isCount(size.ratio)) {
    report.size = { width: size.width, height: size.height, ratio: size.ratio };
  }
  if (isObject(loaded) && isCount(loaded.at) && LOAD_REASONS.includes(loaded.why as LoadReason)) {
    report.loaded = { at: loaded.at, why: loaded.why as LoadReason };
  }
  return report;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
