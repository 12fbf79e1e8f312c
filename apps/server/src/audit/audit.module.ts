import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Config } from '../config/index.js';
import { AuditController } from './audit.controller.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { AuditFiles } from './audit-files.repository.js';

/** Who did what, in every process that takes requests. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [
    AuditRepository,
    {
      provide: AuditService,
      useFactory: (store: AuditRepository, config: Config) =>
        new AuditService(store, new AuditFiles(join(config.dataDir, 'archive'))),
      inject: [AuditRepository, Config],
    },
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
  ],
  exports: [AuditService],
})
export class AuditModule {}
