import { Controller, Get, Header, Query } from '@nestjs/common';
import { type ScorecardQuery, scorecardQuery } from '../api/schemas/scorecards.js';
import { Validated } from '../api/validation.js';
import { May } from '../auth/guards.js';
import { ScorecardsService } from './scorecards.service.js';

/** Scorecards of the feeds. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1')
@May('wall.read')
export class ScorecardsController {
  constructor(private readonly scorecards: ScorecardsService) {}

  @Get('scorecards')
  @Header('cache-control', 'no-store')
  list(@Query(new Validated(scorecardQuery, 'query')) query: ScorecardQuery) {
    return this.scorecards.list(query);
  }
}
