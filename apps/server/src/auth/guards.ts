import type { Audience } from '@citywall/protocol';
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Problem } from '../api/problem.js';
import { DisplayAccess } from './access.js';
import { audienceOf, type Session } from './session.js';

/** What the guard found out about whoever asks. */
export interface Asker {
  /** absent: somebody on this machine in demo mode */
  session?: Session;
  /** sees personal fields unmasked */
  administrator: boolean;
  audience: Audience;
}

const FOR_VISITORS = 'citywall:for-visitors';
/** What visitors' sessions may ask for too: it answers without what is private. All else is refused to them. */
export const ForVisitors = () => SetMetadata(FOR_VISITORS, true);
const reflector = new Reflector();

const askers = new WeakMap<Request, Asker>();

/** Who asks; a request that no guard let in sees the least. */
export function askerOf(request: Request): Asker {
  return askers.get(request) ?? { administrator: false, audience: 'visitors' };
}

/** @throws Problem `forbidden` where visitors have no business */
function admit(context: ExecutionContext, asker: { session?: Session; administrator: boolean }): void {
  const audience = audienceOf(asker.session);
  const open = reflector.getAllAndOverride<boolean>(FOR_VISITORS, [context.getHandler(), context.getClass()]);
  if (audience === 'visitors' && !open) throw new Problem('forbidden', 'not for visitors');
  askers.set(context.switchToHttp().getRequest<Request>(), { ...asker, audience });
}

/** Reading the city's state: on loopback in demo mode for everybody, else with a session. */
@Injectable()
export class ReadGuard implements CanActivate {
  constructor(private readonly access: DisplayAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const verdict = await this.access.check(request);
    if (!verdict.ok) throw new Problem(verdict.reason, verdict.detail);
    admit(context, verdict);
    return true;
  }
}

/** Commands of an administrator. */
@Injectable()
export class AdministratorGuard implements CanActivate {
  constructor(private readonly access: DisplayAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const verdict = await this.access.checkCommand(request);
    if (!verdict.ok) throw new Problem(verdict.reason, verdict.detail);
    if (!verdict.administrator) throw new Problem('forbidden', 'only an administrator may do this');
    admit(context, verdict);
    return true;
  }
}

/** Commands: always with a session; one that came by cookie only from our own page. */
@Injectable()
export class CommandGuard implements CanActivate {
  constructor(private readonly access: DisplayAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const verdict = await this.access.checkCommand(request);
    if (!verdict.ok) throw new Problem(verdict.reason, verdict.detail);
    admit(context, verdict);
    return true;
  }
}
