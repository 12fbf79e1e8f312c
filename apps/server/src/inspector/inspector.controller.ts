import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { systemParameter } from '../api/schemas/common.js';
import {
  explainBody,
  feedParameter,
  type InspectorQueries,
  inspectorQueries,
  rejectionIdParameter,
  rerunBody,
  saveBody,
  tryBody,
} from '../api/schemas/inspector.js';
import { Validated } from '../api/validation.js';
import { askerOf, May } from '../auth/guards.js';
import { FeedListService } from './feed-list.service.js';
import { QuarantineService } from './quarantine.service.js';
import { RerunService } from './rerun.service.js';
import { SiteFeedsService } from './site-feeds.service.js';
import { TrialService } from './trial.service.js';

/** Query of an endpoint, checked by its schema. */
const Checked = (name: keyof typeof inspectorQueries) => Query(new Validated(inspectorQueries[name], 'query'));
const Sent = (schema: z.ZodType) => Body(new Validated(schema, 'body'));

const unmasked = (request: Request) => askerOf(request).unmasked;

/** Quarantine and feed inspector. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1')
@May('desk.read')
export class InspectorController {
  constructor(
    private readonly quarantine: QuarantineService,
    private readonly reruns: RerunService,
    private readonly feeds: FeedListService,
    private readonly trials: TrialService,
    private readonly siteFeeds: SiteFeedsService,
  ) {}

  @Get('rejections/export')
  async exportRejections(
    @Checked('rejectionsExport') query: InspectorQueries['rejectionsExport'],
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const lines = this.quarantine.lines(query, unmasked(request));
    // The first lines are asked for before anything is sent: what goes wrong until then is an answer of its own.
    const first = await lines.next();
    response.setHeader('content-type', 'application/x-ndjson; charset=utf-8');
    response.setHeader('content-disposition', 'attachment; filename="rejections.ndjson"');
    response.setHeader('cache-control', 'no-store');
    const all = async function* () {
      if (!first.done) yield first.value;
      yield* lines;
    };
    // Whoever does not read on holds up the reading of Redis, not the memory of this process; who goes away ends it.
    await pipeline(Readable.from(all(), { objectMode: false, highWaterMark: 65_536 }), response).catch(
      (error: Error) => {
        if (!response.destroyed) throw error;
      },
    );
  }

  @Get('rejections/counts')
  @Header('cache-control', 'no-store')
  countRejections(@Checked('rejectionCounts') query: InspectorQueries['rejectionCounts']) {
    return this.quarantine.counts(query);
  }

  @Post('rejections/rerun')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @May('inspector.command')
  rerun(@Sent(rerunBody) body: z.output<typeof rerunBody>) {
    return this.reruns.rerun(body);
  }

  @Get('rejections/:id')
  @Header('cache-control', 'no-store')
  oneRejection(
    @Param('id', new Validated(rejectionIdParameter, 'path')) id: string,
    @Checked('none') _query: InspectorQueries['none'],
    @Req() request: Request,
  ) {
    return this.quarantine.one(id, unmasked(request));
  }

  @Get('feeds')
  @Header('cache-control', 'no-store')
  listFeeds(@Checked('feeds') query: InspectorQueries['feeds']) {
    return this.feeds.list(query);
  }

  @Get('feeds/:system/:feed/messages')
  @Header('cache-control', 'no-store')
  listMessages(
    @Param('system', new Validated(systemParameter, 'path')) system: string,
    @Param('feed', new Validated(feedParameter, 'path')) feed: string,
    @Checked('messages') query: InspectorQueries['messages'],
    @Req() request: Request,
  ) {
    return this.feeds.messages(system, feed, query, unmasked(request));
  }

  @Post('explain')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  explain(@Sent(explainBody) body: z.output<typeof explainBody>, @Req() request: Request) {
    return this.trials.explain(body, unmasked(request));
  }

  @Post('try')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @May('inspector.command')
  try(@Sent(tryBody) body: z.output<typeof tryBody>) {
    return this.trials.try(body);
  }

  @Get('packs/:id/feeds')
  @Header('cache-control', 'no-store')
  readFeeds(
    @Param('id', new Validated(systemParameter, 'path')) id: string,
    @Checked('none') _query: InspectorQueries['none'],
  ) {
    return this.siteFeeds.read(id);
  }

  @Put('packs/:id/feeds')
  @Header('cache-control', 'no-store')
  @May('inspector.command')
  saveFeeds(
    @Param('id', new Validated(systemParameter, 'path')) id: string,
    @Sent(saveBody) body: z.output<typeof saveBody>,
    @Req() request: Request,
  ) {
    return this.siteFeeds.save(id, body, askerOf(request).session?.user ?? '');
  }
}
