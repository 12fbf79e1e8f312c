import type { Audience } from '@citywall/protocol';
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Problem } from '../api/problem.js';
import { subjectOf } from '../audit/act.js';
import { AuditService } from '../audit/audit.service.js';
import { DisplayAccess } from './access.js';
import { ApiLimit } from './limits.js';
import { type Action, POLICY, permits } from './policy.js';
import { audienceOf, type Session } from './session.js';

/** What the guard found out about whoever asks. */
export interface Asker {
  /** absent: somebody on this machine in demo mode, or everybody where the action is open */
  session?: Session;
  /** sees personal values as they came */
  unmasked: boolean;
  audience: Audience;
}

const ACTION = 'citywall:action';
/** What a route, or all of a controller's, does: a row of the policy. A route without one is refused to everybody. */
export const May = (action: Action) => SetMetadata(ACTION, action);
const reflector = new Reflector();

/** The action of a route, as `May` says it. */
export function actionOf(...targets: Parameters<Reflector['getAllAndOverride']>[1]): Action | undefined {
  return reflector.getAllAndOverride<Action | undefined>(ACTION, targets);
}

/** What goes on being shown when nobody was at the desk for long: the wall that was opened with their session. */
const WATCHED: ReadonlySet<Action> = new Set(['display.watch', 'city.read', 'wall.read']);

/** What somebody may do whose password was chosen by somebody else. */
const OWN: ReadonlySet<Action> = new Set(['session.read', 'session.change']);

const askers = new WeakMap<Request, Asker>();

/** Who asks; a request that no guard let in sees the least. */
export function askerOf(request: Request): Asker {
  return askers.get(request) ?? { unmasked: false, audience: 'visitors' };
}

/** The one guard of all HTTP routes: asks the policy, and the limit of requests under `/api/v1` and for pictures. */
@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(
    private readonly access: DisplayAccess,
    private readonly limit: ApiLimit,
    private readonly audit: AuditService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // a gateway asks the policy itself, event by event: its refusals are answers of its protocol
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const action = actionOf(context.getHandler(), context.getClass());
    if (action === undefined) throw new Problem('forbidden', 'nobody may do this: it has no action in the policy');
    this.limit.check(request);
    const { kind } = POLICY[action];
    if (kind === 'open') return true;
    const verdict = kind === 'command' ? await this.access.checkCommand(request) : await this.access.check(request);
    try {
      if (!verdict.ok) throw new Problem(verdict.reason, verdict.detail);
      this.admit(request, action, verdict.session);
    } catch (error) {
      // a read that is refused is a page too many; a command, or whatever a log-in was used for, is worth a line
      if (error instanceof Problem && (kind === 'command' || (verdict.ok && verdict.session)))
        void this.audit.recordRefusal({
          at: Date.now(),
          user: (verdict.ok && verdict.session?.user) || null,
          roles: (verdict.ok && verdict.session?.roles) || [],
          address: this.access.address(request),
          action,
          route: `${request.method} ${request.route?.path ?? request.path}`,
          subject: subjectOf(request.params, undefined),
          detail: '',
          outcome: 'refused',
          reason: error.reason,
        });
      throw error;
    }
    return true;
  }

  /** @throws Problem `unauthorized`, `password-change`, `forbidden` */
  private admit(request: Request, action: Action, session: Session | undefined): void {
    if (session?.idle && !WATCHED.has(action))
      throw new Problem('unauthorized', 'nobody did anything here for two hours: log in again');
    if (session?.mustChange && !OWN.has(action))
      throw new Problem(
        'password-change',
        'this password was chosen by somebody else: PUT /api/v1/sessions/current/password',
      );
    if (!permits(action, session)) throw new Problem('forbidden', refusalOf(action, session));
    askers.set(request, {
      ...(session === undefined ? {} : { session }),
      unmasked: permits('personal.read', session),
      audience: audienceOf(session),
    });
  }
}

function refusalOf(action: Action, session: Session | undefined): string {
  const { who, lead } = POLICY[action] as { who: readonly string[]; lead?: true };
  if (session === undefined) return 'log in at POST /api/v1/sessions';
  const roles = session.roles.join(', ') || 'no role';
  const needed = who.filter((party) => party !== 'local').join(', ');
  return `${action} is not for ${roles}; it is for ${needed}${lead ? ' with the grant lead' : ''}`;
}
