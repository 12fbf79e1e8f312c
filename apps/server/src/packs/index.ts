export { DECODERS } from './decoders.js';
export { packsModule } from './packs.module.js';
export { type PacksChange, PacksService } from './packs.service.js';
