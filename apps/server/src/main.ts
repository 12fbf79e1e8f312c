import type { Server } from './app.js';
import { Config, ConfigError, withoutSecrets } from './config/index.js';
import { begun, packReader, readingOf } from './packs/reading-thread.js';

/** Entry of the server process. Exit codes: 0 stopped, 1 failed to start, 2 the environment is wrong. */
async function main(): Promise<void> {
  let config: Config;
  try {
    config = new Config(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
  for (const name of config.unknownVariables) console.error(`${name} is set, but CityWall has no such variable.`);
  if (config.exposure) console.error(config.exposure);

  let server: Server | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server?.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  try {
    // What takes longest comes first: the packs are read while the program itself is still being loaded.
    const readPacks = begun(packReader(readingOf(config)));
    const { createServer } = await import('./app.js');
    server = await createServer(config, readPacks);
  } catch (error) {
    console.error(startFailure(error, config));
    process.exit(1);
  }
  console.log(
    server.url
      ? `CityWall ready at ${server.url} (${withoutSecrets(config.mqttUrl) || 'no broker'})`
      : `CityWall ready: ${config.roles.join(', ')} (${withoutSecrets(config.mqttUrl) || 'no broker'})`,
  );
}

/** What went wrong, with the one thing to do where it is known. */
function startFailure(error: unknown, config: Config): string {
  const code = (error as NodeJS.ErrnoException)?.code;
  if (code === 'EADDRINUSE') {
    return `Port ${config.port} of ${config.host} is taken. Set CITYWALL_PORT to a free one, or end the program that holds it.`;
  }
  if (code === 'EACCES')
    return `Port ${config.port} of ${config.host} is not allowed for this user. Set CITYWALL_PORT above 1023.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await main();
