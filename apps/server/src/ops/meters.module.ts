import { Global, Module } from '@nestjs/common';
import { Meters } from './meters.js';

/** Everywhere, so that a stage can count without importing the operations. */
@Global()
@Module({ providers: [Meters], exports: [Meters] })
export class MetersModule {}
