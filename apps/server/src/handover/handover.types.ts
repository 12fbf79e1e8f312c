import type { z } from 'zod';
import type { handover, handoverFacts, shiftNote } from '../api/schemas/handover.js';

/** What a shift leaves behind, as it is answered and frozen: times in ISO 8601. */
export type HandoverFacts = z.input<typeof handoverFacts>;
export type Handover = z.input<typeof handover>;
export type ShiftNote = z.input<typeof shiftNote>;

/** Journal and system under which the archive keeps handovers and notes. */
export const HANDOVER_JOURNAL = 'handover';
export const HANDOVER_SYSTEM = 'house';

/** One entry of that journal. */
export type HandoverEntry =
  | { kind: 'made' | 'signed' | 'withdrawn'; handover: Handover }
  | { kind: 'note'; note: ShiftNote };
