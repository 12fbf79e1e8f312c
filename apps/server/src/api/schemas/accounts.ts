import { z } from 'zod';
import { GRANTS, ROLES } from '../../auth/session.js';
import { paging, time } from './common.js';

export const accountQuery = z.strictObject(paging);

/** What an account may be called: no sign that could mean something in a key, a path or a log. */
export const ACCOUNT_NAME = /^[a-z0-9][a-z0-9._-]{1,31}$/;
export const userParameter = z
  .string()
  .regex(ACCOUNT_NAME, 'must be 2 to 32 of a–z, 0–9, dot, dash and underscore, a letter or digit first')
  .meta({ description: 'name of the account' });

const roles = z
  .array(z.enum(ROLES))
  .min(1)
  .max(ROLES.length)
  .meta({ description: 'what the account may, see the policy' });
const grants = z
  .array(z.enum(GRANTS))
  .max(GRANTS.length)
  .meta({ description: '`lead`: 值班长, for shelving a priority 1, personal values and second signatures' });
const name = z.string().trim().min(1).max(40).meta({ description: 'how the person is called on screens' });

export const account = z.object({
  user: z.string(),
  name: name.nullable(),
  roles: z.array(z.enum(ROLES)),
  grants: z.array(z.enum(GRANTS)),
  disabled: z.boolean(),
  secondFactor: z.boolean(),
  mustChange: z.boolean().meta({ description: 'the password was chosen by somebody else' }),
  sessions: z.int().meta({ description: 'that hold now' }),
  createdAt: time,
  chosenAt: time.meta({ description: 'when the password was chosen' }),
});

/** The password is told in this answer alone. */
export const newAccount = account.extend({
  password: z.string().meta({ description: 'for the first log-in; it is shown once and has to be changed then' }),
});

export const accountBody = z.strictObject({
  user: userParameter,
  name: name.optional(),
  roles,
  grants: grants
    .optional()
    .meta({ description: '`lead`: 值班长, for shelving a priority 1, personal values and second signatures' }),
});

export const accountChange = z.strictObject({
  name: name.nullable().optional().meta({ description: 'how the person is called on screens; null: as the account' }),
  roles: roles.optional(),
  grants: grants.optional(),
  disabled: z.boolean().optional().meta({ description: 'nobody gets in with it' }),
});

const password = z.string().min(1).max(1_000);
const present = password.meta({ description: 'the present password' });

export const passwordBody = z.strictObject({
  present,
  next: password.meta({ description: 'at least 10 characters, 3 of 4 classes, none of the last 5' }),
});

export const factorSecret = z.object({
  secret: z.string().meta({ description: 'base32, for an authenticator' }),
  uri: z.string().meta({ description: 'the same as `otpauth://…`, for its camera' }),
});

export const code = z
  .string()
  .regex(/^\d{6}$/, 'must be six digits')
  .meta({ description: 'code of the second factor' });

export const codeBody = z.strictObject({ code });
export const presentBody = z.strictObject({ present });
