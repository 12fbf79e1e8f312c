import { z } from 'zod';

/** simulator.yaml */
export const simulatorFile = z.looseObject({}).meta({ title: 'simulator.yaml', description: 'The simulated city.' });

export type SimulatorSpec = z.output<typeof simulatorFile>;
