import { Controller, Get, Header, Query } from '@nestjs/common';
import { type DisplayQuery, displayQuery } from '../api/schemas/displays.js';
import { Validated } from '../api/validation.js';
import { May } from '../auth/guards.js';
import { DisplaysService } from './displays.service.js';

/** The screens of the wall. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1')
@May('desk.read')
export class DisplaysController {
  constructor(private readonly displays: DisplaysService) {}

  @Get('displays')
  @Header('cache-control', 'no-store')
  list(@Query(new Validated(displayQuery, 'query')) query: DisplayQuery) {
    return this.displays.list(query);
  }
}
