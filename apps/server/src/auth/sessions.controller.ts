import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import { type currentSession, logInBody, type openedSession } from '../api/schemas/session.js';
import { Validated } from '../api/validation.js';
import { Config } from '../config/config.js';
import { DisplayAccess, SESSION_COOKIE, tokenOf } from './access.js';
import { isSecure } from './exposure.js';
import { askerOf, May } from './guards.js';
import { LogInLimit } from './limits.js';
import { SESSION_MAX, SessionsService } from './sessions.service.js';

/** Log in, who am I, log out. */
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly access: DisplayAccess,
    private readonly config: Config,
  ) {}

  @Post()
  @May('session.open')
  @UseGuards(LogInLimit)
  async open(
    @Body(new Validated(logInBody, 'body')) body: z.output<typeof logInBody>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.input<typeof openedSession>> {
    // Another site must not log its visitor in as somebody else.
    if (!this.access.isOwnPage(request)) throw new Problem('cross-site', 'log in from a page of this server');
    const session = await this.sessions.open(body.user, body.password, this.access.address(request));
    response.cookie(SESSION_COOKIE, session.token, { ...this.cookie(), maxAge: SESSION_MAX });
    response.setHeader('cache-control', 'no-store');
    return { token: session.token, user: session.user, roles: session.roles, expiresAt: iso(session.expiresAt) };
  }

  @Get('current')
  @May('session.read')
  current(@Req() request: Request, @Res({ passthrough: true }) response: Response): z.input<typeof currentSession> {
    const { session } = askerOf(request);
    if (!session) throw new Problem('unauthorized', 'nobody is logged in');
    response.setHeader('cache-control', 'no-store');
    return { user: session.user, roles: session.roles, expiresAt: iso(session.expiresAt) };
  }

  @Delete('current')
  @HttpCode(204)
  @May('session.change')
  async close(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const token = tokenOf(request);
    if (token !== undefined) await this.sessions.close(token);
    response.clearCookie(SESSION_COOKIE, this.cookie());
  }

  private cookie() {
    return { httpOnly: true, sameSite: 'strict', secure: isSecure(this.config), path: '/' } as const;
  }
}
