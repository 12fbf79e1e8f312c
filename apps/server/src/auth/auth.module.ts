import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Config } from '../config/config.js';
import { DisplayAccess } from './access.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { AuthRepository } from './auth.repository.js';
import { FirstAccount } from './first-account.js';
import { PolicyGuard } from './guards.js';
import { ApiLimit, LogInLimit } from './limits.js';
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
    {
      provide: DisplayAccess,
      useFactory: (config: Config, sessions: SessionsService) =>
        new DisplayAccess({ ...hostRules(config), demo: config.demo }, (token) => sessions.find(token)),
      inject: [Config, SessionsService],
    },
    FirstAccount,
    LogInLimit,
    ApiLimit,
    { provide: APP_GUARD, useClass: PolicyGuard },
  ],
  exports: [DisplayAccess, SessionsService, LogInLimit, ApiLimit],
})
export class AuthModule {}
