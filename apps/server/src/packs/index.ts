export { DECODERS } from './decoders.js';
export { PacksModule } from './packs.module.js';
export { type PacksChange, PacksService } from './packs.service.js';
