import { Module } from '@nestjs/common';
import { PacksService } from '../packs/index.js';
import { StateRepository } from '../state/index.js';
import { ProvenanceController } from './provenance.controller.js';
import { ProvenanceService } from './provenance.service.js';

/** Where numbers come from, in the role `api`. */
@Module({
  controllers: [ProvenanceController],
  providers: [
    {
      provide: ProvenanceService,
      useFactory: (packs: PacksService, state: StateRepository) => new ProvenanceService(packs, state),
      inject: [PacksService, StateRepository],
    },
  ],
})
export class ProvenanceModule {}
