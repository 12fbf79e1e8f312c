import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { appModule } from './app.module.js';
import { Config } from './config/index.js';
import { PinoLogger } from './infra/logger.js';
import { prepareHttp } from './ops/http.js';
import type { PackReader } from './packs/reading.js';
import { packReader, readingOf } from './packs/reading-thread.js';

/** A started server. */
export interface Server {
  readonly app: NestExpressApplication;
  /** `http://127.0.0.1:8080`; null in a process without the roles api and push */
  readonly url: string | null;
  /** Stops reading the brokers, lets the batches under way end, then closes everything. */
  stop(): Promise<void>;
}

/** Builds the application and starts it: resolves when it listens and its feeds are on their way. */
export async function createServer(
  config: Config,
  readPacks: PackReader = packReader(readingOf(config)),
): Promise<Server> {
  const httpsOptions = config.tls
    ? { cert: await readFile(config.tls.cert), key: await readFile(config.tls.key) }
    : undefined;
  const app = await NestFactory.create<NestExpressApplication>(appModule(config, readPacks), {
    logger: new PinoLogger(config),
    bodyParser: false,
    abortOnError: false,
    ...(httpsOptions ? { httpsOptions } : {}),
  });
  const stop = () => app.close();
  try {
    if (!config.listens) {
      await app.init();
      return { app, url: null, stop };
    }
    prepareHttp(app);
    await app.listen(config.port, config.host);
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host.replace(/[[\]]/g, '')}]` : config.host;
  return { app, url: `${config.tls ? 'https' : 'http'}://${host}:${port}`, stop };
}
