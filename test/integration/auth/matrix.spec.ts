import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ENDPOINTS } from '../../../apps/server/src/api/endpoints.js';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { actionOf } from '../../../apps/server/src/auth/guards.js';
import { hashPassword } from '../../../apps/server/src/auth/password.js';
import { type Permission, POLICY, permits } from '../../../apps/server/src/auth/policy.js';
import { type Grant, ROLES, type Role } from '../../../apps/server/src/auth/session.js';
import { SessionsService } from '../../../apps/server/src/auth/sessions.service.js';
import { type House, PASSWORD, startHouse } from '../api/house.js';

/** Every route × whoever may ask: what the policy says is what the server does. */
interface Person {
  name: string;
  roles: Role[];
  grants: Grant[];
}
const PEOPLE: Person[] = [
  ...ROLES.map((role) => ({ name: role, roles: [role], grants: [] })),
  { name: 'operator with lead', roles: ['operator'], grants: ['lead'] },
  { name: 'nobody’s role', roles: [], grants: [] },
];
const userOf = ({ name }: Person) => name.replaceAll(/\W+/g, '-');

let house: House;
let logIn: (person: Person) => Promise<Record<string, string>>;
const known = new Map<string, Record<string, string>>();

beforeAll(async () => {
  house = await startHouse({ CITYWALL_DEMO: '1' });
  const accounts = house.server.app.get(AuthRepository);
  const password = await hashPassword(PASSWORD);
  for (const person of PEOPLE) {
    const { roles, grants } = person;
    await accounts.createAccount(userOf(person), { password, roles, grants, createdAt: Date.now() });
  }
  logIn = async (person) => {
    // past the limit of log-ins a minute, which has a test of its own
    const { token } = await house.server.app.get(SessionsService).open(userOf(person), PASSWORD, '127.0.0.1');
    return { authorization: `Bearer ${token}` };
  };
  for (const person of PEOPLE) known.set(person.name, await logIn(person));
});
afterAll(() => house?.stop());

const routes = ENDPOINTS.map((endpoint) => ({
  ...endpoint,
  at: `${endpoint.method.toUpperCase()} ${endpoint.path}`,
}));

/** The guard alone is asked: no such thing, and an empty body, are refused after it. */
function ask({ method, path, body }: (typeof routes)[number], headers: Record<string, string>) {
  return house.ask(path.replaceAll(/{\w+}/g, 'nothing'), {
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body: {} }),
  });
}

describe.each(PEOPLE)('$name', (person) => {
  it.each(routes)('$at', async (route) => {
    const { status, json } = await ask(route, known.get(person.name) ?? {});
    if (status === 204 && route.path.includes('sessions')) known.set(person.name, await logIn(person));
    if (permits(route.action, person)) expect([401, 403]).not.toContain(status === 401 ? `${json.reason}` : status);
    else expect([status, json.reason]).toEqual([403, 'forbidden']);
  });
});

describe('without a session', () => {
  it.each(routes)('$at on this machine in demo mode', async (route) => {
    const { kind }: Permission = POLICY[route.action];
    const { status, json } = await ask(route, {});
    if (kind === 'command') expect([status, json.reason]).toEqual([401, 'unauthorized']);
    else if (!permits(route.action, undefined)) expect([status, json.reason]).toEqual([403, 'forbidden']);
    else if (kind !== 'open' && route.path !== '/api/v1/sessions/current') expect([401, 403]).not.toContain(status);
  });

  it.each(routes.filter(({ action }) => POLICY[action].kind !== 'open'))('$at from elsewhere', async (route) => {
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect([401, 403]).toContain((await ask(route, forwarded)).status);
  });

  it.each(routes.filter(({ action }) => POLICY[action].kind === 'command'))(
    '$at with a cookie from another site',
    async (route) => {
      const { authorization } = known.get('administrator') ?? {};
      const cookie = `citywall_session=${authorization?.slice('Bearer '.length)}`;
      const { status, json } = await ask(route, { cookie, 'sec-fetch-site': 'cross-site' });
      expect([status, json.reason]).toEqual([403, 'cross-site']);
    },
  );
});

it('every handler of every controller has an action in the policy', () => {
  const scanner = new MetadataScanner();
  const modules = [...house.server.app.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  const handlers = controllers.flatMap(({ instance, metatype }) => {
    if (!instance || !metatype) return [];
    const prototype = Object.getPrototypeOf(instance);
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (Reflect.getMetadata('path', handler) === undefined) return [];
      return [{ at: `${metatype.name}.${name}`, action: actionOf(handler, metatype as never) }];
    });
  });
  expect(handlers.length).toBeGreaterThan(30);
  expect(handlers.filter(({ action }) => action === undefined)).toEqual([]);
});
