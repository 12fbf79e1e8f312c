import { Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { deadIdParameter, notificationsQuery, stateQuery, targetParameter } from '../api/schemas/notifications.js';
import { Validated } from '../api/validation.js';
import { askerOf, May } from '../auth/guards.js';
import { NotificationsDesk } from './notifications-desk.service.js';

const Asked = () => Query(new Validated(notificationsQuery, 'query'));
const Id = () => Param('id', new Validated(deadIdParameter, 'path'));

/** Notifications. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1/notifications')
@May('notifications.command')
export class NotificationsController {
  constructor(private readonly desk: NotificationsDesk) {}

  @Get()
  @Header('cache-control', 'no-store')
  @May('desk.read')
  state(@Query(new Validated(stateQuery, 'query')) _query: object) {
    return this.desk.state();
  }

  @Get('deliveries')
  @Header('cache-control', 'no-store')
  @May('desk.read')
  deliveries(@Asked() query: z.output<typeof notificationsQuery>) {
    return this.desk.deliveries(query);
  }

  @Get('targets')
  @Header('cache-control', 'no-store')
  @May('desk.read')
  targets(@Asked() query: z.output<typeof notificationsQuery>) {
    return this.desk.targets(query);
  }

  @Post('targets/:name/test')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  test(@Param('name', new Validated(targetParameter, 'path')) name: string, @Req() request: Request) {
    return this.desk.test(name, askerOf(request).session?.user ?? '');
  }

  @Get('dead')
  @Header('cache-control', 'no-store')
  @May('desk.read')
  dead(@Asked() query: z.output<typeof notificationsQuery>) {
    return this.desk.dead(query);
  }

  @Post('dead/:id/resend')
  @HttpCode(204)
  resend(@Id() id: string) {
    return this.desk.resend(id);
  }

  @Delete('dead/:id')
  @HttpCode(204)
  discard(@Id() id: string) {
    return this.desk.discard(id);
  }
}
