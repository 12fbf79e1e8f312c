import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Problem } from '../api/problem.js';
import { DisplayAccess } from './access.js';
import type { Session } from './session.js';

/** What the guard found out about whoever asks. */
export interface Asker {
  /** absent: somebody on this machine in demo mode */
  session?: Session;
  /** sees personal fields unmasked */
  administrator: boolean;
}

const askers = new WeakMap<Request, Asker>();

/** Who asks; a request that no guard let in sees the least. */
export function askerOf(request: Request): Asker {
  return askers.get(request) ?? { administrator: false };
}

/** Reading the city's state: on loopback in demo mode for everybody, else with a session. */
@Injectable()
export class ReadGuard implements CanActivate {
  constructor(private readonly access: DisplayAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const verdict = await this.access.check(request);
    if (!verdict.ok) throw new Problem(verdict.reason, verdict.detail);
    askers.set(request, verdict);
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
    askers.set(request, verdict);
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
    askers.set(request, verdict);
    return true;
  }
}
