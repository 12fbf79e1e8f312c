import { Inject, Injectable } from '@nestjs/common';
import { normalizeIp, ThrottlerGuard } from '@nestjs/throttler';
import type { Request } from 'express';
import { Problem } from '../api/problem.js';
import { DisplayAccess } from './access.js';

/** Names of the limits; each guard keeps to its own. */
export const LIMITS = {
  /** log-ins cost a password hash each: 10 a minute and address */
  logIn: { name: 'logIn', ttl: 60_000, limit: 10 },
  /** everything under /api/v1 from other machines: 1,200 a minute and address */
  api: { name: 'api', ttl: 60_000, limit: 1_200 },
} as const;

/** Counts by the client's address; IPv6 by its /64, which is one customer. */
abstract class AddressLimit extends ThrottlerGuard {
  @Inject(DisplayAccess)
  protected readonly access!: DisplayAccess;

  protected abstract readonly limitName: keyof typeof LIMITS;

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.throttlers = this.throttlers.filter((throttler) => throttler.name === this.limitName);
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return normalizeIp(this.access.address(request as unknown as Request), 64);
  }

  protected override async throwThrottlingException(
    _context: unknown,
    detail: { timeToBlockExpire: number },
  ): Promise<void> {
    throw new Problem('rate-limited', 'too many requests from this address', { retryAfter: detail.timeToBlockExpire });
  }
}

@Injectable()
export class LogInLimit extends AddressLimit {
  protected override readonly limitName = 'logIn';
}

/** Programs on this machine are not limited: they are ours. */
@Injectable()
export class ApiLimit extends AddressLimit {
  protected override readonly limitName = 'api';

  protected override async shouldSkip(context: Parameters<ThrottlerGuard['canActivate']>[0]): Promise<boolean> {
    return this.access.isLocal(context.switchToHttp().getRequest<Request>());
  }
}
