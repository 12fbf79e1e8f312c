import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENDPOINTS } from '../../../apps/server/src/api/endpoints.js';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { hashPassword } from '../../../apps/server/src/auth/password.js';
import { permits } from '../../../apps/server/src/auth/policy.js';
import { batch, reading } from '../state/open-state.js';
import { type House, PASSWORD, startHouse } from './house.js';

/** A guide's session: what visitors may ask for, and what they are told. Staff beside it, so that masking is what differs. */
const SITE: Record<string, string> = {
  'pack.yaml': `id: video
name: { zh: 视频, en: Video }
order: 5
assetTypes: { camera: { name: { zh: 摄像机, en: Camera }, expected: [state] } }
`,
  'metrics.yaml': `metrics:
  - { id: camera/state, name: { zh: 状态, en: State }, kind: state, staleAfter: 1m, history: none, states: { on: { zh: 在, en: 'on' } } }
`,
  'feeds.yaml': `feeds:
  - { id: status, topic: 'cams/{key}', decode: text, asset: 'camera/{key}', readings: { state: { path: '@' } } }
`,
  'assets.geojson': JSON.stringify({
    type: 'FeatureCollection',
    features: [
      ['camera/50023108', '县医院急诊门前', 'private'],
      ['camera/50023101', '南阳路口', 'public'],
    ].map(([id, name, access]) => ({
      type: 'Feature',
      id,
      properties: { name, access, placement: 'schematic', inService: true },
      geometry: { type: 'Point', coordinates: [107.3, 30.3] },
    })),
  }),
};
const SECRET = encodeURIComponent('video/camera/50023108');
const ROAD = encodeURIComponent('video/camera/50023101');

const GUIDE = { roles: ['guide' as const], grants: [] };

let folder: string;
let house: House;
let guide: Record<string, string>;
let staff: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'citywall-visitors-'));
  mkdirSync(join(folder, 'video'));
  for (const [name, text] of Object.entries(SITE)) writeFileSync(join(folder, 'video', name), text);
  house = await startHouse({ CITYWALL_PACKS_DIR: folder });
  const now = Date.now();
  await house.state.apply(
    'video',
    batch({
      readings: ['50023108', '50023101'].map((key) =>
        reading({ typeKey: `camera/${key}`, metric: 'state', value: 'on', at: now, receivedAt: now, feed: 'status' }),
      ),
    }),
  );
  const account = { password: await hashPassword(PASSWORD), roles: ['guide' as const], createdAt: now };
  expect(await house.server.app.get(AuthRepository).createAccount('guide', account)).toBe(true);
  const body = { user: 'guide', password: PASSWORD };
  const { token } = (await house.ask('/api/v1/sessions', { method: 'POST', body })).json;
  guide = { authorization: `Bearer ${token}` };
  staff = { authorization: `Bearer ${await house.logIn()}` };
});
afterAll(async () => {
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a guide’s session', () => {
  it('is told of no private asset, by no address; staff are', async () => {
    const all = await house.ask('/api/v1/assets?system=video', { headers: staff });
    expect(all.json.items.map(({ name }: { name: string }) => name)).toEqual(['南阳路口', '县医院急诊门前']);
    const shown = await house.ask('/api/v1/assets?system=video', { headers: guide });
    expect(shown.json.items.map(({ name }: { name: string }) => name)).toEqual(['南阳路口']);
    expect((await house.ask(`/api/v1/assets/${SECRET}`, { headers: staff })).status).toBe(200);
    for (const path of [`/api/v1/assets/${SECRET}`, `/api/v1/assets/${SECRET}/series/state`]) {
      const answer = await house.ask(path, { headers: guide });
      expect([answer.status, answer.json.reason]).toEqual([404, 'not-found']);
    }
    expect((await house.ask(`/api/v1/assets/${ROAD}`, { headers: guide })).status).toBe(200);
  });

  it.each(ENDPOINTS.filter(({ action, method }) => method === 'get' && permits(action, GUIDE)).map(({ path }) => path))(
    'GET %s tells it nothing of what is private',
    async (path) => {
      const answer = await house.ask(path.replaceAll(/{\w+}/g, 'x'), { headers: guide });
      expect([200, 400, 404]).toContain(answer.status);
      expect(answer.text).not.toMatch(/50023108|急诊/);
    },
  );

  it('may log out', async () => {
    const body = { user: 'guide', password: PASSWORD };
    const { token } = (await house.ask('/api/v1/sessions', { method: 'POST', body })).json;
    const headers = { authorization: `Bearer ${token}` };
    expect((await house.ask('/api/v1/sessions/current', { method: 'DELETE', headers })).status).toBe(204);
    expect((await house.ask('/api/v1/sessions/current', { headers })).status).toBe(401);
  });
});
