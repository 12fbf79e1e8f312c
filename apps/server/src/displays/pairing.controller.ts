import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { pageOf } from '../api/cursor.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import { pairBody, type pairedDisplay, pairedIdParameter, pairedQuery, type pairing } from '../api/schemas/displays.js';
import { Validated } from '../api/validation.js';
import { DISPLAY_COOKIE, DisplayAccess } from '../auth/access.js';
import { isSecure } from '../auth/exposure.js';
import { askerOf, May } from '../auth/guards.js';
import { AnnounceLimit } from '../auth/limits.js';
import { cookieOf, header } from '../auth/request.js';
import { Config } from '../config/config.js';
import { PairingService, type PairingState } from './pairing.service.js';
import type { PairedDisplay } from './pairing.types.js';

/** Browsers keep a cookie no longer than this, ms; it is given anew whenever the display asks how it stands. */
const COOKIE_MAX = 400 * 86_400_000;
const Nothing = () => Query(new Validated(z.strictObject({}), 'query'));

/** What a display does that may not watch yet. Nobody is logged in there; the cookie is its own. */
@Controller('api/v1/pairings')
@May('displays.announce')
export class PairingController {
  constructor(
    private readonly pairing: PairingService,
    private readonly access: DisplayAccess,
    private readonly config: Config,
  ) {}

  /** The code it already shows, or a new one. */
  @Post()
  @Header('cache-control', 'no-store')
  @UseGuards(AnnounceLimit)
  async announce(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.input<typeof pairing>> {
    if (!this.access.isOwnPage(request)) throw new Problem('cross-site', 'a display pairs from a page of this server');
    const kept = cookieOf(request, DISPLAY_COOKIE);
    const state: PairingState = kept === undefined ? { state: 'none' } : await this.pairing.stateOf(kept);
    if (state.state !== 'none') return told(state);
    const agent = header(request, 'user-agent') ?? '';
    const { token, ...shown } = await this.pairing.announce(this.access.address(request), agent);
    response.cookie(DISPLAY_COOKIE, token, this.cookie());
    return told({ state: 'waiting', ...shown });
  }

  @Get('current')
  @Header('cache-control', 'no-store')
  async current(
    @Nothing() _query: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.input<typeof pairing>> {
    const token = this.access.isOwnPage(request) ? cookieOf(request, DISPLAY_COOKIE) : undefined;
    if (token === undefined) return { state: 'none' };
    const state = await this.pairing.stateOf(token);
    if (state.state === 'paired') response.cookie(DISPLAY_COOKIE, token, this.cookie());
    return told(state);
  }

  private cookie() {
    return {
      httpOnly: true,
      sameSite: 'strict',
      secure: isSecure(this.config),
      path: '/',
      maxAge: COOKIE_MAX,
    } as const;
  }
}

/** What the desk does with displays: let one in by its code, list them, put one out. */
@Controller('api/v1/displays/paired')
export class PairedDisplaysController {
  constructor(private readonly pairing: PairingService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @May('desk.read')
  async list(@Query(new Validated(pairedQuery, 'query')) query: z.output<typeof pairedQuery>) {
    const { items, next } = pageOf('paired', await this.pairing.list(), ({ name, id }) => `${name} ${id}`, query);
    return { items: items.map(item), next };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @May('displays.pair')
  async pair(
    @Body(new Validated(pairBody, 'body')) { code, name }: z.output<typeof pairBody>,
    @Req() request: Request,
  ): Promise<z.input<typeof pairedDisplay>> {
    return item(await this.pairing.pair(code, name, askerOf(request).session?.user ?? ''));
  }

  @Delete(':id')
  @HttpCode(204)
  @May('displays.revoke')
  revoke(@Param('id', new Validated(pairedIdParameter, 'path')) id: string): Promise<void> {
    return this.pairing.revoke(id);
  }
}

function told(state: PairingState): z.input<typeof pairing> {
  return state.state === 'waiting' ? { ...state, expiresAt: iso(state.expiresAt) } : state;
}

function item({ pairedAt, addresses, ...display }: PairedDisplay): z.input<typeof pairedDisplay> {
  return {
    ...display,
    pairedAt: iso(pairedAt),
    lastSeenAt: iso(Math.max(...addresses.map(({ lastAt }) => lastAt))),
    addresses: addresses.map(({ address, firstAt, lastAt }) => ({
      address,
      firstAt: iso(firstAt),
      lastAt: iso(lastAt),
    })),
  };
}
