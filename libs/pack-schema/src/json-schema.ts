import { z } from 'zod';
import { alarmsFile } from './files/alarms.js';
import { assetsFile } from './files/assets.js';
import { brokersFile } from './files/brokers.js';
import { caseFile } from './files/cases.js';
import { feedsFile } from './files/feeds.js';
import { kpisFile } from './files/kpis.js';
import { mapFile } from './files/map.js';
import { metricsFile } from './files/metrics.js';
import { notificationsFile } from './files/notifications.js';
import { packFile } from './files/pack.js';
import { recipeFile } from './files/recipe.js';
import { scenarioFile } from './files/scenario.js';
import { sceneFile } from './files/scene.js';
import { simulatorFile } from './files/simulator.js';
import { timelineFile } from './files/timelines.js';

/** Every kind of pack file, by the name of its schema, in the order a person writes them. */
export const FILE_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  pack: packFile,
  metrics: metricsFile,
  feeds: feedsFile,
  alarms: alarmsFile,
  kpis: kpisFile,
  scene: sceneFile,
  simulator: simulatorFile,
  scenario: scenarioFile,
  map: mapFile,
  assets: assetsFile,
  case: caseFile,
  timeline: timelineFile,
  recipe: recipeFile,
  brokers: brokersFile,
  notifications: notificationsFile,
};

/** A JSON Schema, as far as the reference reads it. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  $ref?: string;
  definitions?: Record<string, JsonSchema>;
}

/** Draft-07 schemas for editors (`# yaml-language-server: $schema=…`), by name; they describe files as written. */
export function jsonSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(FILE_SCHEMAS).map(([name, schema]) => [
      name,
      z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as JsonSchema,
    ]),
  );
}
