import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/config.js';
import { PairingRepository } from '../displays/pairing.repository.js';
import { PairingService } from '../displays/pairing.service.js';
import { DisplayAccess } from './access.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { AuthRepository } from './auth.repository.js';
import { FirstAccount } from './first-account.js';
import { PolicyGuard } from './guards.js';
import { AnnounceLimit, ApiLimit, LogInLimit } from './limits.js';
import { hostRules } from './request.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

/** Who may come in, read and command. */
@Global()
@Module({
  controllers: [SessionsController, AccountsController],
  providers: [
    AuthRepository,
    {
      provide: SessionsService,
      useFactory: (store: AuthRepository) => new SessionsService(store),
      inject: [AuthRepository],
    },
    {
      provide: AccountsService,
      useFactory: (store: AuthRepository) => new AccountsService(store),
      inject: [AuthRepository],
    },
    PairingRepository,
    {
      provide: PairingService,
      useFactory: (store: PairingRepository, attempts: AuthRepository, audit: AuditService) =>
        new PairingService(store, attempts, audit),
      inject: [PairingRepository, AuthRepository, AuditService],
    },
    {
      provide: DisplayAccess,
      useFactory: (config: Config, sessions: SessionsService, pairing: PairingService) =>
        new DisplayAccess(
          { ...hostRules(config), demo: config.demo },
          (token, use) => sessions.find(token, use),
          (token, address) => pairing.find(token, address),
        ),
      inject: [Config, SessionsService, PairingService],
    },
    FirstAccount,
    LogInLimit,
    AnnounceLimit,
    ApiLimit,
    { provide: APP_GUARD, useClass: PolicyGuard },
  ],
  exports: [DisplayAccess, SessionsService, PairingService, LogInLimit, AnnounceLimit, ApiLimit],
})
export class AuthModule {}
