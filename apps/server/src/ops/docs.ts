import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { openApiDocument } from '../api/openapi.js';

const PATH = /^\/api\/docs(-json|-yaml|\/.*)?$/;

@Module({})
class DocumentationModule {}

/**
 * `/api/docs` (Swagger UI from its own package, nothing from elsewhere), `/api/docs-json` and `/api/docs-yaml`. Their
 * modules are loaded and the document is made at the first request of one of them, not at every start.
 */
export function documentation(): RequestHandler {
  let pages: Promise<RequestHandler> | undefined;
  return (request: Request, response: Response, next: NextFunction) => {
    if (!PATH.test(request.path)) return next();
    pages ??= loadPages();
    pages.then((serve) => serve(request, response, next), next);
  };
}

/** An application of its own that never listens: what it has no page for goes on to the routes behind it. */
async function loadPages(): Promise<RequestHandler> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const app = await NestFactory.create<NestExpressApplication>(DocumentationModule, { logger: false });
  app.disable('x-powered-by');
  SwaggerModule.setup('api/docs', app, openApiDocument(), {
    customSiteTitle: 'CityWall API',
    yamlDocumentUrl: 'api/docs-yaml',
    swaggerOptions: { validatorUrl: null },
  });
  return app.getHttpAdapter().getInstance();
}
