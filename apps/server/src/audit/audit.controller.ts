import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../api/cursor.js';
import { type auditEntry, auditExportQuery, auditQuery, type auditVerdict } from '../api/schemas/audit.js';
import { iso } from '../api/schemas/common.js';
import { Validated } from '../api/validation.js';
import { May } from '../auth/guards.js';
import { Audited } from './audit.interceptor.js';
import { AuditService } from './audit.service.js';
import type { AuditEntry } from './audit.types.js';

const LIST = 'audit';
/** Rows of one export: half a year of a busy centre. */
const MAX_EXPORT = 200_000;
const COLUMNS = [
  'n',
  'at',
  'user',
  'roles',
  'address',
  'action',
  'route',
  'subject',
  'detail',
  'outcome',
  'reason',
  'of',
  'seal',
];

/** Who did what. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1/audit')
@May('audit.read')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Header('cache-control', 'no-store')
  async list(@Query(new Validated(auditQuery, 'query')) query: z.output<typeof auditQuery>) {
    const { limit, cursor, ...wanted } = query;
    const before = cursor === undefined ? undefined : Number(decodeCursor(LIST, cursor, ['number'])[0]);
    const items: AuditEntry[] = [];
    for await (const entry of this.audit.search(wanted, before)) {
      items.push(entry);
      if (items.length > limit) break;
    }
    const page = items.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(told),
      next: items.length > limit && last ? encodeCursor(LIST, [last.n]) : null,
    };
  }

  /** A table for a spreadsheet: what looks like a formula there is none. */
  @Get('export')
  @Audited()
  async export(
    @Query(new Validated(auditExportQuery, 'query')) query: z.output<typeof auditExportQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const rows = async function* (entries: AsyncIterable<AuditEntry>) {
      let left = MAX_EXPORT;
      for await (const entry of entries) {
        if (left-- === 0) return;
        yield { ...told(entry), roles: entry.roles.join(' ') };
      }
    };
    response.setHeader('content-type', 'text/csv; charset=utf-8');
    response.setHeader('content-disposition', 'attachment; filename="audit.csv"');
    response.setHeader('cache-control', 'no-store');
    const table = stringify({ header: true, columns: COLUMNS, escape_formulas: true, bom: true });
    await pipeline(Readable.from(rows(this.audit.search(query))), table, response).catch((error: Error) => {
      if (!response.destroyed) throw error;
    });
  }

  @Get('verification')
  @Header('cache-control', 'no-store')
  verify(@Query(new Validated(z.strictObject({}), 'query')) _query: object): Promise<z.input<typeof auditVerdict>> {
    return this.audit.verify();
  }
}

function told({ at, ...entry }: AuditEntry): z.input<typeof auditEntry> {
  return { ...entry, at: iso(at) };
}
