import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { toProblem } from './problem.js';

/** The one place where errors become responses: `application/problem+json`, whatever was thrown and wherever. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    // A gateway's errors have no response to be written to.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = toProblem(error);
    if (problem.reason === 'internal') {
      this.logger.error(
        `${request.method} ${pathOf(request)}: ${error instanceof Error ? error.stack : String(error)}`,
      );
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.extra.retryAfter !== undefined) {
      response.setHeader('retry-after', Math.max(1, Math.ceil(problem.extra.retryAfter)));
    }
    if (problem.reason === 'unauthorized') response.setHeader('www-authenticate', 'Bearer realm="citywall"');
    response.setHeader('cache-control', 'no-store');
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problem.details(pathOf(request))));
  }
}

/** Path as it was asked for, still encoded, without the query (which may hold what should not be echoed). */
function pathOf(request: Request): string {
  const url = request.originalUrl;
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
