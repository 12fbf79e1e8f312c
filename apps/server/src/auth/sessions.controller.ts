import { Body, Controller, Delete, Get, Header, HttpCode, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Problem } from '../api/problem.js';
import { codeBody, type factorSecret, passwordBody, presentBody } from '../api/schemas/accounts.js';
import { iso } from '../api/schemas/common.js';
import { type activeSession, type currentSession, logInBody, type openedSession } from '../api/schemas/session.js';
import { Validated } from '../api/validation.js';
import { Config } from '../config/config.js';
import { DisplayAccess, SESSION_COOKIE, tokenOf } from './access.js';
import { AccountsService } from './accounts.service.js';
import { isSecure } from './exposure.js';
import { askerOf, May } from './guards.js';
import { LogInLimit } from './limits.js';
import { ACTIONS, permits } from './policy.js';
import type { Session } from './session.js';
import { SESSION_MAX, SessionsService, sessionHash } from './sessions.service.js';

const Sent = (schema: z.ZodType) => Body(new Validated(schema, 'body'));

function told({
  user,
  roles,
  grants,
  mustChange = false,
  expiresAt,
}: Session): Omit<z.input<typeof openedSession>, 'token'> {
  return {
    user,
    roles,
    ...(grants.length === 0 ? {} : { grants }),
    ...(mustChange ? { mustChange } : {}),
    expiresAt: expiresAt === null ? null : iso(expiresAt),
  };
}

/** Whose session a command came with. */
function owner(request: Request): { user: string; hash: string } {
  const { session } = askerOf(request);
  const token = tokenOf(request);
  if (!session || token === undefined) throw new Problem('unauthorized', 'nobody is logged in');
  return { user: session.user, hash: sessionHash(token) };
}

/** Log in, who am I, the own password and second factor, log out. */
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
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
    const { token, ...session } = await this.sessions.open(
      body.user,
      body.password,
      this.access.address(request),
      body.code,
    );
    response.cookie(SESSION_COOKIE, token, { ...this.cookie(), maxAge: SESSION_MAX });
    response.setHeader('cache-control', 'no-store');
    return { token, ...told(session) };
  }

  @Get('current')
  @May('session.read')
  current(@Req() request: Request, @Res({ passthrough: true }) response: Response): z.input<typeof currentSession> {
    const { session } = askerOf(request);
    response.setHeader('cache-control', 'no-store');
    const may = ACTIONS.filter((action) => permits(action, session));
    // somebody on this machine in demo mode: reads without being anybody
    if (!session) return { user: null, roles: [], expiresAt: null, idleAt: null, may };
    return { ...told(session), idleAt: session.idleAt === undefined ? null : iso(session.idleAt), may };
  }

  /** Somebody pressed a key or moved the pointer. */
  @Post('current/activity')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @May('session.active')
  async active(@Req() request: Request): Promise<z.input<typeof activeSession>> {
    const token = tokenOf(request);
    const session = token === undefined ? null : await this.sessions.find(token, 'act');
    return { idleAt: session?.idleAt === undefined ? null : iso(session.idleAt) };
  }

  @Delete('current')
  @HttpCode(204)
  @May('session.change')
  async close(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const token = tokenOf(request);
    if (token !== undefined) await this.sessions.close(token);
    response.clearCookie(SESSION_COOKIE, this.cookie());
  }

  /** The person's own choice; their other sessions end. */
  @Put('current/password')
  @HttpCode(204)
  @May('session.change')
  @UseGuards(LogInLimit)
  async password(@Sent(passwordBody) body: z.output<typeof passwordBody>, @Req() request: Request): Promise<void> {
    const { user, hash } = owner(request);
    await this.accounts.choosePassword(user, body.present, body.next, hash);
    await this.sessions.release(hash);
  }

  @Post('current/second-factor')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @May('session.change')
  beginFactor(@Req() request: Request): Promise<z.input<typeof factorSecret>> {
    return this.accounts.beginFactor(owner(request).user);
  }

  @Put('current/second-factor')
  @HttpCode(204)
  @May('session.change')
  @UseGuards(LogInLimit)
  async confirmFactor(@Sent(codeBody) body: z.output<typeof codeBody>, @Req() request: Request): Promise<void> {
    await this.accounts.confirmFactor(owner(request).user, body.code);
  }

  @Post('current/second-factor/end')
  @HttpCode(204)
  @May('session.change')
  @UseGuards(LogInLimit)
  async endFactor(@Sent(presentBody) body: z.output<typeof presentBody>, @Req() request: Request): Promise<void> {
    await this.accounts.endFactor(owner(request).user, body.present);
  }

  /** All sessions of the same account but this one: a telephone that was lost, a seat that was left open. */
  @Delete('others')
  @HttpCode(204)
  @May('session.change')
  async closeOthers(@Req() request: Request): Promise<void> {
    const { user, hash } = owner(request);
    await this.accounts.endSessions(user, hash);
  }

  private cookie() {
    return { httpOnly: true, sameSite: 'strict', secure: isSecure(this.config), path: '/' } as const;
  }
}
