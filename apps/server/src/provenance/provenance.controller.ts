import { Controller, Get, Header, Param, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { assetIdParameter, metricParameter } from '../api/schemas/city.js';
import { panelParameter, provenanceQuery, sceneParameter } from '../api/schemas/provenance.js';
import { Validated } from '../api/validation.js';
import { askerOf, May } from '../auth/guards.js';
import { ProvenanceService } from './provenance.service.js';

const NoQuery = () => Query(new Validated(provenanceQuery, 'query'));

/** Where a number comes from. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1')
@May('wall.read')
export class ProvenanceController {
  constructor(private readonly provenance: ProvenanceService) {}

  @Get('assets/:id/provenance/:metric')
  @Header('cache-control', 'no-store')
  reading(
    @Param('id', new Validated(assetIdParameter, 'path')) id: string,
    @Param('metric', new Validated(metricParameter, 'path')) metric: string,
    @NoQuery() _query: object,
    @Req() request: Request,
  ) {
    return this.provenance.reading(id, metric, askerOf(request).unmasked);
  }

  @Get('scenes/:id/provenance/:panel')
  @Header('cache-control', 'no-store')
  panel(
    @Param('id', new Validated(sceneParameter, 'path')) scene: string,
    @Param('panel', new Validated(panelParameter, 'path')) panel: string,
    @NoQuery() _query: object,
  ) {
    return this.provenance.panel(scene, panel);
  }
}
