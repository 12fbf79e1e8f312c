import { z } from 'zod';
import { OUTCOMES } from '../../audit/audit.types.js';
import { ROLES } from '../../auth/session.js';
import { paging, time, timeParameter } from './common.js';

const wanted = {
  user: z.string().min(1).max(64).optional().meta({ description: 'account that did it' }),
  action: z.string().min(1).max(64).optional().meta({ description: 'begin of the action: `alarms`, `alarms.handle`' }),
  q: z.string().min(1).max(100).optional().meta({ description: 'part of subject or detail' }),
  outcome: z.enum(OUTCOMES).optional().meta({ description: 'what became of it' }),
  from: timeParameter.optional(),
  to: timeParameter.optional(),
};

export const auditQuery = z.strictObject({ ...wanted, ...paging });
export const auditExportQuery = z.strictObject(wanted);

export const auditEntry = z.object({
  n: z.int().meta({ description: 'from 1, without a gap' }),
  at: time,
  user: z.string().nullable().meta({ description: 'account; null: nobody was logged in' }),
  roles: z.array(z.enum(ROLES)),
  address: z.string(),
  action: z.string().meta({ description: 'row of the policy' }),
  route: z.string(),
  subject: z.string().meta({ description: 'what it was done to' }),
  detail: z.string().meta({ description: 'parameters and body as JSON, shortened, without secrets' }),
  outcome: z
    .enum(OUTCOMES)
    .meta({ description: '`begun`: written before it was carried out; a later entry names it (`of`) where it failed' }),
  reason: z.string().optional().meta({ description: 'of a refusal or failure' }),
  of: z.int().optional().meta({ description: 'entry of which this tells the end' }),
  seal: z.string().meta({ description: 'SHA-256 of the seal before it and of this entry' }),
});

export const auditVerdict = z.object({
  ok: z.boolean(),
  entries: z.int(),
  first: z
    .int()
    .meta({ description: 'number of the first entry that is kept; above 1: older ones were removed for their age' }),
  last: z.int(),
  seal: z.string().meta({ description: 'of the last entry: written down elsewhere it proves the whole' }),
  problem: z.string().optional(),
});
