import { Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { type AlarmQuery, alarmIdParameter, alarmQuery, limitsQuery } from '../api/schemas/alarms.js';
import { assetIdParameter } from '../api/schemas/city.js';
import { Validated } from '../api/validation.js';
import { askerOf, May } from '../auth/guards.js';
import { AlarmDesk } from './alarm-desk.service.js';

/** Alarms. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1')
@May('wall.read')
export class AlarmsController {
  constructor(private readonly desk: AlarmDesk) {}

  @Get('alarms')
  @Header('cache-control', 'no-store')
  list(@Query(new Validated(alarmQuery, 'query')) query: AlarmQuery) {
    return this.desk.page(query);
  }

  @Get('assets/:id/limits')
  @Header('cache-control', 'no-store')
  limits(
    @Param('id', new Validated(assetIdParameter, 'path')) id: string,
    @Query(new Validated(limitsQuery, 'query')) query: z.output<typeof limitsQuery>,
  ) {
    return this.desk.limits(id, query);
  }

  @Post('alarms/:id/ack')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @May('alarms.handle')
  acknowledge(@Param('id', new Validated(alarmIdParameter, 'path')) id: string, @Req() request: Request) {
    return this.desk.command({ id, by: askerOf(request).session?.user ?? '', act: { do: 'acknowledge' } });
  }
}
