import type { z } from 'zod';
import type { ProblemReason } from './problem.js';
import {
  asset,
  assetIdParameter,
  metricParameter,
  notice,
  occurrence,
  pack,
  queries,
  reading,
  rejection,
  scene,
  series,
  system,
} from './schemas/city.js';
import { listOf } from './schemas/common.js';
import { currentSession, logInBody, openedSession } from './schemas/session.js';

/** One endpoint of the public interface; OpenAPI is made from these, and a test holds them against the routes. */
export interface Endpoint {
  method: 'get' | 'post' | 'delete';
  /** with `{parameters}`, each one percent-encoded segment */
  path: string;
  summary: string;
  group: 'city' | 'journals' | 'house' | 'sessions';
  /** read: on loopback in demo mode without log-in · command: always with a session · none: for everybody */
  access: 'read' | 'command' | 'none';
  parameters?: Record<string, z.ZodType>;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** absent: 204 without a body */
  answer?: z.ZodType;
  status: 200 | 201 | 204;
  /** besides those every endpoint may answer */
  problems?: ProblemReason[];
}

export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    path: '/api/v1/systems',
    summary: 'Status of every connected system, in the order of the packs',
    group: 'city',
    access: 'read',
    query: queries.systems,
    answer: listOf(system),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/assets',
    summary: 'Assets with the newest value of every metric, in the order of their ids',
    group: 'city',
    access: 'read',
    query: queries.assets,
    answer: listOf(asset),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/assets/{id}',
    summary: 'One asset with the newest value of every metric',
    group: 'city',
    access: 'read',
    parameters: { id: assetIdParameter },
    query: queries.asset,
    answer: asset,
    status: 200,
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/assets/{id}/series/{metric}',
    summary: 'Windows of one metric; by default the last 24 hours in steps that give up to 1,440 points',
    group: 'city',
    access: 'read',
    parameters: { id: assetIdParameter, metric: metricParameter },
    query: queries.series,
    answer: series,
    status: 200,
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/readings',
    summary: 'Journal of recent readings in order of receipt',
    group: 'journals',
    access: 'read',
    query: queries.readings,
    answer: listOf(reading),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/occurrences',
    summary: 'Occurrences and cases as they are now, the newest stage first',
    group: 'journals',
    access: 'read',
    query: queries.occurrences,
    answer: listOf(occurrence),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/rejections',
    summary: 'Messages and parts of messages that could not be mapped, newest first',
    group: 'journals',
    access: 'read',
    query: queries.rejections,
    answer: listOf(rejection),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/notices',
    summary: 'Conditions of CityWall and its sources that hold now, the longest lasting first',
    group: 'house',
    access: 'read',
    query: queries.notices,
    answer: listOf(notice),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/scenes',
    summary: 'Scenes a display can show',
    group: 'house',
    access: 'read',
    query: queries.scenes,
    answer: listOf(scene),
    status: 200,
  },
  {
    method: 'get',
    path: '/api/v1/packs',
    summary: 'Packs that run, with what each feed brought',
    group: 'house',
    access: 'read',
    query: queries.packs,
    answer: listOf(pack),
    status: 200,
  },
  {
    method: 'post',
    path: '/api/v1/sessions',
    summary: 'Log in: a bearer token, and the same as the cookie `citywall_session`',
    group: 'sessions',
    access: 'none',
    body: logInBody,
    answer: openedSession,
    status: 201,
    problems: ['wrong-credentials', 'locked', 'cross-site'],
  },
  {
    method: 'get',
    path: '/api/v1/sessions/current',
    summary: 'Who is logged in',
    group: 'sessions',
    access: 'read',
    answer: currentSession,
    status: 200,
  },
  {
    method: 'delete',
    path: '/api/v1/sessions/current',
    summary: 'Log out',
    group: 'sessions',
    access: 'command',
    status: 204,
    problems: ['cross-site'],
  },
];
