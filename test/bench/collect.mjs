/**
 * Loaded into a server by a benchmark (`NODE_OPTIONS=--import`), never by the product: SIGUSR2 collects all garbage, so that
 * what memory holds can be told from what was only not collected yet.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
