import { Global, Module } from '@nestjs/common';
import { NoticesService } from './notices.service.js';

/** Everywhere, so that every stage can say what is wrong. */
@Global()
@Module({ providers: [NoticesService], exports: [NoticesService] })
export class NoticesModule {}
