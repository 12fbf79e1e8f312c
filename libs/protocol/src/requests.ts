import type { JoinRequest, RenderedReport } from './frame.js';

/** What a display sends is not trusted: these read it member by member and take nothing else along. */

const MAX_TEXT = 200;

/** A join request, or null where it is not one. Another version is a join request too: it is refused with `version`. */
export function readJoin(value: unknown): JoinRequest | null {
  if (!isObject(value) || !Number.isInteger(value.v) || !isText(value.scene)) return null;
  const request: JoinRequest = { v: value.v as number, scene: value.scene };
  if (isObject(value.have) && isText(value.have.epoch) && Number.isInteger(value.have.seq)) {
    request.have = { epoch: value.have.epoch, seq: value.have.seq as number };
  }
  return request;
}

/** A report of what is on the screen, or null where it is not one. */
export function readRendered(value: unknown): RenderedReport | null {
  if (!isObject(value) || !isText(value.scene)) return null;
  const { seq, fps, heap, errors } = value;
  if (!isCount(seq) || !isCount(fps) || !isCount(errors)) return null;
  return { scene: value.scene, seq, fps, errors, ...(isCount(heap) ? { heap } : {}) };
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
