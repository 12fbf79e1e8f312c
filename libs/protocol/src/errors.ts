/**
 * Why bytes are not a frame, or a frame doesn't fit. A closed list:
 * `bytes` not MessagePack, or not of the documented shape · `version` another protocol version ·
 * `state` a delta that doesn't belong to the state it was applied to.
 */
export type ProtocolReason = 'bytes' | 'version' | 'state';

/** Thrown by `decodeFrame` and `applyDelta`. The display's answer to every reason is a resync; `version` reloads its page. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly reason: ProtocolReason,
    detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}
