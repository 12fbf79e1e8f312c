import { Controller, Get, Header, Param, Query, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { askerOf, ForVisitors, ReadGuard } from '../auth/guards.js';
import { ApiLimit } from '../auth/limits.js';
import { AssetsService } from './assets.service.js';
import { HouseService } from './house.service.js';
import { JournalsService } from './journals.service.js';
import { assetIdParameter, mapLayerParameter, metricParameter, type Queries, queries } from './schemas/city.js';
import { Validated } from './validation.js';

/** Query of an endpoint, checked by its schema. */
const Checked = (name: keyof typeof queries) => Query(new Validated(queries[name], 'query'));

const administrator = (request: Request) => askerOf(request).administrator;

/** Reading the city's state. What may be asked and what is answered stands in `endpoints.ts`. */
@Controller('api/v1')
@UseGuards(ApiLimit, ReadGuard)
export class CityController {
  constructor(
    private readonly house: HouseService,
    private readonly assets: AssetsService,
    private readonly journals: JournalsService,
  ) {}

  @Get('systems')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  listSystems(@Checked('systems') query: Queries['systems'], @Req() request: Request) {
    return this.house.systems(query, askerOf(request).audience);
  }

  @Get('assets')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  listAssets(@Checked('assets') query: Queries['assets'], @Req() request: Request) {
    return this.assets.list(query, askerOf(request));
  }

  @Get('assets/:id')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  oneAsset(
    @Param('id', new Validated(assetIdParameter, 'path')) id: string,
    @Checked('asset') _query: Queries['asset'],
    @Req() request: Request,
  ) {
    return this.assets.one(id, askerOf(request));
  }

  @Get('assets/:id/series/:metric')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  series(
    @Param('id', new Validated(assetIdParameter, 'path')) id: string,
    @Param('metric', new Validated(metricParameter, 'path')) metric: string,
    @Checked('series') query: Queries['series'],
    @Req() request: Request,
  ) {
    return this.assets.series(id, metric, query, askerOf(request));
  }

  @Get('readings')
  @Header('cache-control', 'no-store')
  listReadings(@Checked('readings') query: Queries['readings'], @Req() request: Request) {
    return this.journals.readings(query, administrator(request));
  }

  @Get('occurrences')
  @Header('cache-control', 'no-store')
  listOccurrences(@Checked('occurrences') query: Queries['occurrences'], @Req() request: Request) {
    return this.journals.occurrences(query, administrator(request));
  }

  @Get('notices')
  @Header('cache-control', 'no-store')
  listNotices(@Checked('notices') query: Queries['notices']) {
    return this.house.notices(query);
  }

  @Get('rejections')
  @Header('cache-control', 'no-store')
  listRejections(@Checked('rejections') query: Queries['rejections'], @Req() request: Request) {
    return this.journals.rejections(query, administrator(request));
  }

  @Get('scenes')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  listScenes(@Checked('scenes') query: Queries['scenes']) {
    return this.house.scenes(query);
  }

  @Get('map-layers')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  listMapLayers(@Checked('mapLayers') query: Queries['mapLayers']) {
    return this.house.mapLayers(query);
  }

  @Get('map-layers/:id')
  @ForVisitors()
  @Header('cache-control', 'no-store')
  oneMapLayer(
    @Param('id', new Validated(mapLayerParameter, 'path')) id: string,
    @Checked('mapLayer') _query: Queries['mapLayer'],
  ) {
    return this.house.mapLayer(id);
  }

  @Get('packs')
  @Header('cache-control', 'no-store')
  listPacks(@Checked('packs') query: Queries['packs']) {
    return this.house.packs(query);
  }
}
