/** Why a message, or a part of one, could not be mapped. A closed list: counted, sampled, documented. */
export const REJECTION_REASONS = [
  'decode', // the bytes are not what the feed says (bad JSON, bad encoding, bad checksum)
  'too-large', // payload above the limit
  'too-deep', // nesting above the limit
  'too-many', // more elements than the limit
  'no-feed', // the topic matched, but no feed's `when` did
  'missing', // a required path is absent or holds a missing marker
  'type', // a value is not of the kind the operator needs
  'value', // a value is of the right kind but not allowed (not in a lookup, not finite …)
  'time', // a time text that cannot be read
  'asset', // no valid asset id
  'metric', // no valid metric name
  'unknown-asset', // feed says `assets: declared` and the asset is not
  'asset-limit', // more assets than the feed's maxAssets
  'internal', // a defect of ours; never expected
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** A message or part that could not be mapped, kept with its reason. */
export interface Rejection {
  reason: RejectionReason;
  /** what exactly, in one sentence */
  detail: string;
  /** where in the payload: `data[3].v` */
  path?: string;
}

/** A rejection as kept in the journal. `payload` is base64 of at most 64 KiB. */
export interface KeptRejection extends Rejection {
  id: string;
  feed: string;
  topic: string;
  receivedAt: number;
  payload: string;
  truncated: boolean;
}
