import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Config } from '../config/index.js';
import { RedisHealth } from '../infra/redis-health.js';
import { NoticesService } from '../notices/notices.service.js';
import { spaceOf } from '../ops/disk.js';
import { PacksService } from '../packs/index.js';
import { JournalTailRepository } from '../state/journal-tail.repository.js';
import { ArchiveRepository } from './archive.repository.js';
import { ArchiveService } from './archive.service.js';
import { ArchiveFiles } from './archive-files.repository.js';

/** Journals → files, in the role `ingest`. */
@Module({
  providers: [
    JournalTailRepository,
    ArchiveRepository,
    {
      provide: ArchiveService,
      useFactory: (
        config: Config,
        packs: PacksService,
        positions: ArchiveRepository,
        tail: JournalTailRepository,
        health: RedisHealth,
        notices: NoticesService,
      ) =>
        new ArchiveService(
          () => packs.all().map(({ id }) => id),
          positions,
          tail,
          new ArchiveFiles(join(config.dataDir, 'archive')),
          health,
          notices,
          () => spaceOf(config.dataDir),
        ),
      inject: [Config, PacksService, ArchiveRepository, JournalTailRepository, RedisHealth, NoticesService],
    },
  ],
})
export class ArchiveModule {}
