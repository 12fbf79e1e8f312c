import { Module } from '@nestjs/common';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { sendHook } from './hook.gateway.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotificationsService } from './notifications.service.js';
import { NotificationsDesk } from './notifications-desk.service.js';
import { NotificationsFileService } from './notifications-file.service.js';

/** The site's file and what is kept, for both of them below. */
@Module({
  providers: [NotificationsFileService, NotificationsRepository],
  exports: [NotificationsFileService, NotificationsRepository],
})
export class NotificationsModule {}

/** Tells targets outside, in the role `ingest`. */
@Module({
  imports: [NotificationsModule],
  providers: [
    {
      provide: NotificationsService,
      useFactory: (
        file: NotificationsFileService,
        store: NotificationsRepository,
        packs: PacksService,
        notices: NoticesService,
      ) => new NotificationsService(file, store, packs, notices),
      inject: [NotificationsFileService, NotificationsRepository, PacksService, NoticesService],
    },
  ],
})
export class NotificationsSendingModule {}

/** How they do, and what was given up, in the role `api`. */
@Module({
  imports: [NotificationsModule],
  controllers: [NotificationsController],
  providers: [
    {
      provide: NotificationsDesk,
      useFactory: (file: NotificationsFileService, store: NotificationsRepository) =>
        new NotificationsDesk(file, store, sendHook),
      inject: [NotificationsFileService, NotificationsRepository],
    },
  ],
})
export class NotificationsDeskModule {}
