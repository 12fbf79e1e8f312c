import { join } from 'node:path';
import { NEVER } from 'rxjs';
import { DECODERS } from '../../../apps/server/src/packs/decoders.js';
import { loadPacks } from '../../../apps/server/src/packs/load.js';
import { PacksRepository } from '../../../apps/server/src/packs/packs.repository.js';
import { SimulateGateway } from '../../../apps/server/src/simulate/simulate.gateway.js';
import { SimulateService } from '../../../apps/server/src/simulate/simulate.service.js';

const LIBS = join(import.meta.dirname, '../../../libs');

/** The simulated city of the built-in packs at a multiple of its speed, so that something changes in every frame. */
export async function fastCity(mqttUrl: string, speed: number, seed: number): Promise<SimulateService> {
  const places = { builtinPacksDir: join(LIBS, 'packs'), recipesDir: join(LIBS, 'recipes'), packsDir: null };
  const loaded = loadPacks(await new PacksRepository(places).read(), { decoders: DECODERS });
  const packs = [...loaded.values()].flatMap(({ pack }) => pack ?? []);
  const service = new SimulateService(
    { all: () => packs, changes$: NEVER },
    new SimulateGateway(mqttUrl, `soak-${process.pid}`),
    { speed, seed: String(seed), pace: 0 },
  );
  service.start();
  return service;
}
