import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, NextFunction, Request, Response } from 'express';
import { Problem } from '../api/problem.js';
import { isSecure } from '../auth/exposure.js';
import { checkHost, hostRules } from '../auth/request.js';
import { Config } from '../config/config.js';
import { documentation } from './docs.js';
import { securityHeaders } from './headers.js';
import { Meters } from './meters.js';

/** Body limit of the HTTP interface. */
export const BODY_LIMIT = '1mb';

/** Pages of the wall; each is the one built `index.html`, whose router knows the rest. */
const PAGES = ['/', '/display', '/console', '/console/*path', '/preview', '/login', '/t/:token'];

/**
 * What stands before every route, in this order: time, security headers, Host and Origin rule, body parser, the API's
 * documentation, the wall's files. Call it on an application created with `bodyParser: false`, before it listens.
 */
export function prepareHttp(app: NestExpressApplication): void {
  const config = app.get(Config);
  const secure = isSecure(config);
  app.disable('x-powered-by');
  app.use(measure(app.get(Meters)));

  const strict = securityHeaders({ secure });
  const docs = securityHeaders({ secure, inlineStyle: true });
  app.use((request: Request, response: Response, next: NextFunction) => {
    (isDocs(request.path) ? docs : strict)(request, response, next);
  });

  const rules = hostRules(config);
  app.use((request: Request, _response: Response, next: NextFunction) => {
    const verdict = checkHost(request, rules);
    next(verdict.ok ? undefined : new Problem('host-refused', verdict.detail));
  });

  app.useBodyParser('json', { limit: BODY_LIMIT, strict: true });
  if (config.hasRole('api')) app.use(documentation());
  serveWall(app, config.wallDir, join(config.builtinPacksDir, 'overview', 'map'));
}

const isDocs = (path: string) => path === '/api/docs' || path.startsWith('/api/docs/');

function measure(meters: Meters) {
  return (request: Request, response: Response, next: NextFunction) => {
    const end = meters.requests.startTimer();
    response.once('close', () =>
      end({ method: METHODS.has(request.method) ? request.method : 'other', status: response.statusCode }),
    );
    next();
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Files with a hash in their name never change; everything else is asked for again (ETag). */
function serveWall(app: NestExpressApplication, wallDir: string, mapDir: string): void {
  const files = { index: false as const, redirect: false };
  app.useStaticAssets(join(wallDir, 'assets'), { ...files, prefix: '/assets', immutable: true, maxAge: '1y' });
  app.useStaticAssets(mapDir, { ...files, prefix: '/map', setHeaders: mapHeaders });
  app.useStaticAssets(wallDir, { ...files, setHeaders: askAgain });

  const index = join(wallDir, 'index.html');
  const page = (_request: Request, response: Response, next: NextFunction) => {
    if (!existsSync(index)) return next(new Problem('not-found', 'the wall is not built; run: npm run build'));
    response.setHeader('cache-control', 'no-cache');
    // Passes what goes wrong on; a display that goes away while the page is sent is nobody's error.
    response.sendFile(index, { cacheControl: false }, (error) => {
      if (error && !response.headersSent) next(error);
    });
  };
  const http: Express = app.getHttpAdapter().getInstance();
  http.get(PAGES, page);
}

function askAgain(response: Response): void {
  response.setHeader('cache-control', 'no-cache');
}

function mapHeaders(response: Response, path: string): void {
  askAgain(response);
  if (path.endsWith('.geojson')) response.setHeader('content-type', 'application/geo+json; charset=utf-8');
}
