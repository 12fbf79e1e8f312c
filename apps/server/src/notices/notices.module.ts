import { Global, Module } from '@nestjs/common';
import { NoticesMirror } from './notices.mirror.js';
import { NoticesRepository } from './notices.repository.js';
import { NoticesService } from './notices.service.js';

/** Everywhere, so that every stage can say what is wrong. */
@Global()
@Module({
  providers: [
    NoticesService,
    NoticesRepository,
    {
      provide: NoticesMirror,
      useFactory: (notices: NoticesService, store: NoticesRepository) => new NoticesMirror(notices, store),
      inject: [NoticesService, NoticesRepository],
    },
  ],
  exports: [NoticesService],
})
export class NoticesModule {}
