import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import {
  draftQuery,
  handoverNumber,
  handoverQuery,
  makeBody,
  noteBody,
  signBody,
  withdrawBody,
} from '../api/schemas/handover.js';
import { Validated } from '../api/validation.js';
import { askerOf, May } from '../auth/guards.js';
import { permits } from '../auth/policy.js';
import { HandoverService } from './handover.service.js';

const N = () => Param('n', new Validated(handoverNumber, 'path'));
const Sent = (schema: z.ZodType) => Body(new Validated(schema, 'body'));
const userOf = (request: Request) => askerOf(request).session?.user ?? '';

/** Shift handover. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1/handover')
@May('handover.write')
export class HandoverController {
  constructor(private readonly handovers: HandoverService) {}

  @Get('draft')
  @Header('cache-control', 'no-store')
  @May('desk.read')
  draft(@Query(new Validated(draftQuery, 'query')) _query: object) {
    return this.handovers.draft();
  }

  @Post('notes')
  @Header('cache-control', 'no-store')
  note(@Sent(noteBody) body: z.output<typeof noteBody>, @Req() request: Request) {
    return this.handovers.addNote(userOf(request), body);
  }

  @Get()
  @Header('cache-control', 'no-store')
  @May('desk.read')
  list(@Query(new Validated(handoverQuery, 'query')) query: z.output<typeof handoverQuery>) {
    return this.handovers.list(query);
  }

  @Post()
  @Header('cache-control', 'no-store')
  make(@Sent(makeBody) { remarks }: z.output<typeof makeBody>, @Req() request: Request) {
    return this.handovers.make(userOf(request), remarks);
  }

  @Get(':n')
  @Header('cache-control', 'no-store')
  @May('desk.read')
  get(@N() n: number) {
    return this.handovers.get(n);
  }

  @Post(':n/sign')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @May('handover.sign')
  sign(@N() n: number, @Sent(signBody) { digest, remarks }: z.output<typeof signBody>, @Req() request: Request) {
    return this.handovers.sign(n, userOf(request), digest, remarks);
  }

  @Post(':n/withdraw')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  withdraw(@N() n: number, @Sent(withdrawBody) { remarks }: z.output<typeof withdrawBody>, @Req() request: Request) {
    const lead = permits('handover.sign', askerOf(request).session);
    return this.handovers.withdraw(n, userOf(request), lead, remarks);
  }
}
