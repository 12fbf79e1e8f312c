import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { catchError, from, mergeMap, type Observable } from 'rxjs';
import { toProblem } from '../api/problem.js';
import { DisplayAccess } from '../auth/access.js';
import { actionOf, askerOf } from '../auth/guards.js';
import { type Action, POLICY } from '../auth/policy.js';
import { detailOf, subjectOf } from './act.js';
import { AuditService } from './audit.service.js';
import type { AuditAct } from './audit.types.js';

const AUDITED = 'citywall:audited';
/** A read that stands in the audit as commands do: exports, and personal values as they came. */
export const Audited = () => SetMetadata(AUDITED, true);
const reflector = new Reflector();

/** Writes every command into the audit before it is carried out, and its failure after; log-ins with what became of them. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly audit: AuditService,
    private readonly access: DisplayAccess,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const targets = [context.getHandler(), context.getClass()];
    const action = actionOf(...targets);
    if (action === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<Request>();
    if (action === 'session.open') return this.logIn(this.actOf(request, action), next);
    const { kind } = POLICY[action];
    if (kind !== 'command' && !reflector.getAllAndOverride<boolean>(AUDITED, targets)) return next.handle();
    const act = this.actOf(request, action);
    return from(this.audit.record({ ...act, outcome: 'begun' })).pipe(
      mergeMap(({ n }) =>
        next.handle().pipe(
          catchError(async (error) => {
            // what it was about to do stands there already: that it did not happen is told as well as can be
            await this.audit.record({ ...act, ...failure(error), at: Date.now(), of: n }).catch(() => {});
            throw error;
          }),
        ),
      ),
    );
  }

  /** Nobody gets in unwritten; who does not get in is written within bounds. */
  private logIn(act: AuditAct, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      mergeMap((answer) => from(this.audit.record({ ...act, user: act.subject, outcome: 'done' }).then(() => answer))),
      catchError(async (error) => {
        await this.audit.recordRefusal({ ...act, ...failure(error) });
        throw error;
      }),
    );
  }

  private actOf(request: Request, action: Action): AuditAct {
    const { session } = askerOf(request);
    return {
      at: Date.now(),
      user: session?.user ?? null,
      roles: session?.roles ?? [],
      address: this.access.address(request),
      action,
      route: `${request.method} ${request.route?.path ?? request.path}`,
      subject: subjectOf(request.params, request.body),
      detail: detailOf(request.params, request.query, request.body),
      outcome: 'begun',
    };
  }
}

function failure(error: unknown): Pick<AuditAct, 'outcome' | 'reason'> {
  const { reason, status } = toProblem(error);
  return { outcome: status < 500 ? 'refused' : 'failed', reason };
}
