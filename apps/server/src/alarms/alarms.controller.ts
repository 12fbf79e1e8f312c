import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AlarmAct } from '@citywall/alarms';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Problem } from '../api/problem.js';
import {
  type AlarmHistoryQuery,
  type AlarmQuery,
  acknowledgeBody,
  alarmCommandBody,
  alarmExportQuery,
  alarmHistoryQuery,
  alarmIdParameter,
  alarmQuery,
  alarmRow,
  commentBody,
  disableBody,
  discloseBody,
  limitsQuery,
  rulesQuery,
  shelveBody,
} from '../api/schemas/alarms.js';
import { assetIdParameter } from '../api/schemas/city.js';
import { Validated } from '../api/validation.js';
import { Audited } from '../audit/audit.interceptor.js';
import { DisplayAccess } from '../auth/access.js';
import { askerOf, May } from '../auth/guards.js';
import { LogInLimit } from '../auth/limits.js';
import { permits } from '../auth/policy.js';
import { SessionsService } from '../auth/sessions.service.js';
import { AlarmDesk } from './alarm-desk.service.js';
import { AlarmHistoryService, happeningOf } from './alarm-history.service.js';
import type { KeptHappening } from './alarm-list.js';
import { AlarmSummary } from './alarm-summary.service.js';

const Id = () => Param('id', new Validated(alarmIdParameter, 'path'));
const Sent = (schema: z.ZodType) => Body(new Validated(schema, 'body'));
const NoStore = () => Header('cache-control', 'no-store');
/** Rows of one export: a year of a county. */
const MAX_EXPORT = 200_000;

type Versioned = z.output<typeof alarmCommandBody>;

/** Alarms. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1')
@May('wall.read')
export class AlarmsController {
  constructor(
    private readonly desk: AlarmDesk,
    private readonly past: AlarmHistoryService,
    private readonly whole: AlarmSummary,
    private readonly sessions: SessionsService,
    private readonly access: DisplayAccess,
  ) {}

  @Get('alarms')
  @NoStore()
  list(@Query(new Validated(alarmQuery, 'query')) query: AlarmQuery) {
    return this.desk.page(query);
  }

  @Get('assets/:id/limits')
  @NoStore()
  limits(
    @Param('id', new Validated(assetIdParameter, 'path')) id: string,
    @Query(new Validated(limitsQuery, 'query')) query: z.output<typeof limitsQuery>,
  ) {
    return this.desk.limits(id, query);
  }

  @Get('alarms/summary')
  @NoStore()
  @May('desk.read')
  summary() {
    return this.whole.summary();
  }

  @Get('alarms/history')
  @NoStore()
  @May('desk.read')
  history(@Query(new Validated(alarmHistoryQuery, 'query')) query: AlarmHistoryQuery) {
    return this.past.page(query);
  }

  /** A table for a spreadsheet: what looks like a formula there is none. */
  @Get('alarms/history/export')
  @May('desk.read')
  @Audited()
  async export(
    @Query(new Validated(alarmExportQuery, 'query')) query: z.output<typeof alarmExportQuery>,
    @Res() response: Response,
  ): Promise<void> {
    response.setHeader('content-type', 'text/csv; charset=utf-8');
    response.setHeader('content-disposition', 'attachment; filename="alarms.csv"');
    response.setHeader('cache-control', 'no-store');
    const columns = Object.keys(alarmRow.shape);
    const table = stringify({ header: true, columns, escape_formulas: true, bom: true });
    await pipeline(Readable.from(rows(this.past.search(query))), table, response).catch((error: Error) => {
      if (!response.destroyed) throw error;
    });
  }

  @Get('alarms/rules')
  @NoStore()
  rules(@Query(new Validated(rulesQuery, 'query')) query: z.output<typeof rulesQuery>) {
    return this.desk.rules(query);
  }

  @Get('alarms/:id')
  @NoStore()
  @May('desk.read')
  one(@Id() id: string) {
    return this.desk.one(id);
  }

  @Post('alarms/ack')
  @HttpCode(200)
  @NoStore()
  @May('alarms.handle')
  acknowledgeMany(@Sent(acknowledgeBody) { items }: z.output<typeof acknowledgeBody>, @Req() request: Request) {
    return this.desk.acknowledgeMany(items, userOf(request));
  }

  @Post('alarms/:id/ack')
  @HttpCode(200)
  @NoStore()
  @May('alarms.handle')
  acknowledge(@Id() id: string, @Sent(alarmCommandBody) body: Versioned, @Req() request: Request) {
    return this.command(id, body, request, { do: 'acknowledge' });
  }

  @Post('alarms/:id/unack')
  @HttpCode(200)
  @NoStore()
  @May('alarms.handle')
  unacknowledge(@Id() id: string, @Sent(alarmCommandBody) body: Versioned, @Req() request: Request) {
    return this.command(id, body, request, { do: 'unacknowledge' });
  }

  @Post('alarms/:id/shelve')
  @HttpCode(200)
  @NoStore()
  @May('alarms.shelve')
  shelve(@Id() id: string, @Sent(shelveBody) body: z.output<typeof shelveBody>, @Req() request: Request) {
    return this.command(id, body, request, { do: 'shelve', reason: body.reason, time: body.minutes * 60_000 });
  }

  @Post('alarms/:id/unshelve')
  @HttpCode(200)
  @NoStore()
  @May('alarms.shelve')
  unshelve(@Id() id: string, @Sent(alarmCommandBody) body: Versioned, @Req() request: Request) {
    return this.command(id, body, request, { do: 'unshelve' });
  }

  @Post('alarms/:id/comment')
  @HttpCode(200)
  @NoStore()
  @May('alarms.handle')
  comment(@Id() id: string, @Sent(commentBody) body: z.output<typeof commentBody>, @Req() request: Request) {
    return this.command(id, body, request, { do: 'comment', text: body.text });
  }

  @Post('alarms/:id/disclose')
  @HttpCode(200)
  @NoStore()
  @May('alarms.disclose')
  disclose(@Id() id: string, @Sent(discloseBody) _why: z.output<typeof discloseBody>) {
    // the reason is for the audit, which has it before this is asked
    return this.desk.disclose(id);
  }

  /** Two persons: who is logged in, and somebody else who signs here and now. */
  @Post('alarms/:id/disable')
  @HttpCode(200)
  @NoStore()
  @May('alarms.disable')
  @UseGuards(LogInLimit)
  async disable(@Id() id: string, @Sent(disableBody) body: z.output<typeof disableBody>, @Req() request: Request) {
    const { reason, order, countersign } = body;
    const countersigned = await this.secondPerson(countersign, request);
    return this.command(id, body, request, { do: 'disable', reason, order, countersigned });
  }

  @Post('alarms/:id/enable')
  @HttpCode(200)
  @NoStore()
  @May('alarms.disable')
  enable(@Id() id: string, @Sent(alarmCommandBody) body: Versioned, @Req() request: Request) {
    return this.command(id, body, request, { do: 'enable' });
  }

  private command(id: string, { version }: Versioned, request: Request, act: AlarmAct) {
    const lead = permits('alarms.shelve-critical', askerOf(request).session);
    return this.desk.command({ id, by: userOf(request), act, lead, ...(version === undefined ? {} : { version }) });
  }

  /** @throws Problem where it is the same person, may not sign, or is not who they say */
  private async secondPerson(
    { user, password, code }: z.output<typeof disableBody>['countersign'],
    request: Request,
  ): Promise<string> {
    if (user === userOf(request)) {
      const detail = 'is you: a second person has to sign';
      throw new Problem('invalid-parameter', 'body: countersign.user', {
        parameters: [{ name: 'countersign.user', in: 'body', detail }],
      });
    }
    const signer = await this.sessions.sign(user, password, this.access.address(request), code);
    if (!permits('alarms.countersign', signer))
      throw new Problem('forbidden', `${user} may not sign: alarms.countersign needs the grant lead`);
    return user;
  }
}

function userOf(request: Request): string {
  return askerOf(request).session?.user ?? '';
}

async function* rows(entries: AsyncIterable<KeptHappening>): AsyncGenerator<z.input<typeof alarmRow>> {
  let left = MAX_EXPORT;
  for await (const entry of entries) {
    if (left-- === 0) return;
    const row = happeningOf(entry);
    yield { ...row, text: row.text.zh };
  }
}
