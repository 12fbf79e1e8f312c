import { Controller, Get, Header, Param, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { askerOf, May } from '../auth/guards.js';
import { AssetsService } from './assets.service.js';
import { HouseService } from './house.service.js';
import { JournalsService } from './journals.service.js';
import { assetIdParameter, mapLayerParameter, metricParameter, type Queries, queries } from './schemas/city.js';
import { Validated } from './validation.js';

/** Query of an endpoint, checked by its schema. */
const Checked = (name: keyof typeof queries) => Query(new Validated(queries[name], 'query'));

const unmasked = (request: Request) => askerOf(request).unmasked;

/** Reading the city's state. What may be asked and what is answered stands in `endpoints.ts`. */
@Controller('api/v1')
@May('city.read')
export class CityController {
  constructor(
    private readonly house: HouseService,
    private readonly assets: AssetsService,
    private readonly journals: JournalsService,
  ) {}

  @Get('systems')
  @Header('cache-control', 'no-store')
  listSystems(@Checked('systems') query: Queries['systems'], @Req() request: Request) {
    return this.house.systems(query, askerOf(request).audience);
  }

  @Get('assets')
  @Header('cache-control', 'no-store')
  listAssets(@Checked('assets') query: Queries['assets'], @Req() request: Request) {
    return this.assets.list(query, askerOf(request));
  }

  @Get('assets/:id')
  @Header('cache-control', 'no-store')
  oneAsset(
    @Param('id', new Validated(assetIdParameter, 'path')) id: string,
    @Checked('asset') _query: Queries['asset'],
    @Req() request: Request,
  ) {
    return this.assets.one(id, askerOf(request));
  }

  @Get('assets/:id/series/:metric')
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
  @May('desk.read')
  @Header('cache-control', 'no-store')
  listReadings(@Checked('readings') query: Queries['readings'], @Req() request: Request) {
    return this.journals.readings(query, unmasked(request));
  }

  @Get('occurrences')
  @May('desk.read')
  @Header('cache-control', 'no-store')
  listOccurrences(@Checked('occurrences') query: Queries['occurrences'], @Req() request: Request) {
    return this.journals.occurrences(query, unmasked(request));
  }

  @Get('notices')
  @May('wall.read')
  @Header('cache-control', 'no-store')
  listNotices(@Checked('notices') query: Queries['notices']) {
    return this.house.notices(query);
  }

  @Get('rejections')
  @May('desk.read')
  @Header('cache-control', 'no-store')
  listRejections(@Checked('rejections') query: Queries['rejections'], @Req() request: Request) {
    return this.journals.rejections(query, unmasked(request));
  }

  @Get('scenes')
  @Header('cache-control', 'no-store')
  listScenes(@Checked('scenes') query: Queries['scenes']) {
    return this.house.scenes(query);
  }

  @Get('map-layers')
  @Header('cache-control', 'no-store')
  listMapLayers(@Checked('mapLayers') query: Queries['mapLayers']) {
    return this.house.mapLayers(query);
  }

  @Get('map-layers/:id')
  @Header('cache-control', 'no-store')
  oneMapLayer(
    @Param('id', new Validated(mapLayerParameter, 'path')) id: string,
    @Checked('mapLayer') _query: Queries['mapLayer'],
  ) {
    return this.house.mapLayer(id);
  }

  @Get('packs')
  @May('wall.read')
  @Header('cache-control', 'no-store')
  listPacks(@Checked('packs') query: Queries['packs']) {
    return this.house.packs(query);
  }
}
