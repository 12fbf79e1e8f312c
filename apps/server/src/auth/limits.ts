import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Problem } from '../api/problem.js';
import { DisplayAccess } from './access.js';
import { addressKey, RateLimit } from './rate-limit.js';

const MINUTE = 60_000;
/** A log-in costs a password hash: so many a minute and address. */
export const LOG_INS_A_MINUTE = 10;
/** Requests under /api/v1 a minute and address, from other machines. */
export const REQUESTS_A_MINUTE = 1_200;

/** @throws Problem `rate-limited` */
function take(limit: RateLimit, address: string): true {
  const wait = limit.take(addressKey(address));
  if (wait > 0) throw new Problem('rate-limited', 'too many requests from this address', { retryAfter: wait / 1000 });
  return true;
}

@Injectable()
export class LogInLimit implements CanActivate {
  private readonly limit = new RateLimit(LOG_INS_A_MINUTE, MINUTE);

  constructor(private readonly access: DisplayAccess) {}

  canActivate(context: ExecutionContext): boolean {
    return take(this.limit, this.access.address(context.switchToHttp().getRequest<Request>()));
  }
}

/** Programs on this machine are not limited: they are ours. */
@Injectable()
export class ApiLimit implements CanActivate {
  private readonly limit = new RateLimit(REQUESTS_A_MINUTE, MINUTE);

  constructor(private readonly access: DisplayAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    return this.access.isLocal(request) || take(this.limit, this.access.address(request));
  }
}
