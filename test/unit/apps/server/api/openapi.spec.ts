import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { AlarmsController } from '../../../../../apps/server/src/alarms/alarms.controller.js';
import { CityController } from '../../../../../apps/server/src/api/city.controller.js';
import { ENDPOINTS } from '../../../../../apps/server/src/api/endpoints.js';
import { openApiDocument } from '../../../../../apps/server/src/api/openapi.js';
import { AuditController } from '../../../../../apps/server/src/audit/audit.controller.js';
import { AccountsController } from '../../../../../apps/server/src/auth/accounts.controller.js';
import { SessionsController } from '../../../../../apps/server/src/auth/sessions.controller.js';
import { DisplaysController } from '../../../../../apps/server/src/displays/displays.controller.js';
import {
  PairedDisplaysController,
  PairingController,
} from '../../../../../apps/server/src/displays/pairing.controller.js';
import { HandoverController } from '../../../../../apps/server/src/handover/handover.controller.js';
import { InspectorController } from '../../../../../apps/server/src/inspector/inspector.controller.js';
import { NotificationsController } from '../../../../../apps/server/src/notifications/notifications.controller.js';
import { ProvenanceController } from '../../../../../apps/server/src/provenance/provenance.controller.js';
import { ScorecardsController } from '../../../../../apps/server/src/scorecards/scorecards.controller.js';
import { SimulatorController } from '../../../../../apps/server/src/simulate/simulator.controller.js';

/** `get /api/v1/assets/{id}` of every handler of a controller. */
function routesOf(controller: { prototype: object }): string[] {
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
  return Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(([name, { value }]) => {
    if (name === 'constructor') return [];
    const path =
      typeof value === 'function' ? (Reflect.getMetadata(PATH_METADATA, value) as string | undefined) : undefined;
    if (path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, value) as number]?.toLowerCase();
    const whole = `/${prefix}/${path}`
      .replace(/\/+/g, '/')
      .replace(/\/$/, '')
      .replace(/:(\w+)/g, '{$1}');
    return [`${method} ${whole}`];
  });
}

describe('interface', () => {
  const document = openApiDocument() as unknown as {
    paths: Record<
      string,
      Record<string, { parameters: { name: string; in: string; schema: object }[]; responses: Record<string, object> }>
    >;
  };

  it('the table holds exactly the routes there are', () => {
    const routes = [
      AccountsController,
      AuditController,
      AlarmsController,
      CityController,
      DisplaysController,
      HandoverController,
      PairedDisplaysController,
      PairingController,
      InspectorController,
      NotificationsController,
      ProvenanceController,
      ScorecardsController,
      SessionsController,
      SimulatorController,
    ]
      .flatMap(routesOf)
      .sort();
    expect(routes.length).toBeGreaterThan(10);
    expect(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes);
  });

  it('every parameter of a path and of a query is described', () => {
    for (const { method, path, query } of ENDPOINTS) {
      const operation = document.paths[path]?.[method];
      const inPath = operation?.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
      const inQuery = operation?.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
      expect(inQuery).toEqual(Object.keys(query?.shape ?? {}));
    }
  });

  it('no schema is left open by mistake', () => {
    const empty = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ parameters }) =>
        parameters.filter(({ schema }) => !('type' in schema) && !('enum' in schema) && !('anyOf' in schema)),
      ),
    );
    expect(empty).toEqual([]);
  });

  it('operations have names of their own', () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as { operationId?: string }).operationId),
    );
    expect(new Set(ids).size).toBe(ENDPOINTS.length);
  });

  it('is plain JSON and the same every time', () => {
    const text = JSON.stringify(openApiDocument());
    expect(JSON.parse(text)).toEqual(openApiDocument());
    expect(text).toBe(JSON.stringify(openApiDocument()));
    expect(document.paths['/api/v1/sessions/current']?.delete?.responses).toHaveProperty('204');
  });
});
