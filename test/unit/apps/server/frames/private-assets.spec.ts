import { compileScene } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { PrivateAssets, sceneForVisitors } from '../../../../../apps/server/src/frames/private-assets.js';
import { asset } from '../../../../support/pack.js';
import { occurrence, pack, scene } from './fakes.js';

const HOME = asset('video/camera/50023108', { name: '县医院"急诊"', attributes: { access: 'private' } });
const ROAD = asset('video/camera/50023101', { name: '南阳路口', attributes: { access: 'public' } });
const SHORT = asset('video/camera/8', { name: '家', attributes: { access: 'private' } });
const video = pack('video', { assets: [HOME, ROAD, SHORT] });
const hidden = new PrivateAssets([video]);

describe('what visitors are not told of', () => {
  it('are the assets whose pack says `access: private`', () => {
    expect(['50023108', '50023101', '8', '9'].map((key) => hidden.has(`camera/${key}`))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([hidden.none, new PrivateAssets([pack('water')]).none]).toEqual([false, true]);
  });

  it.each([
    ['at one', { asset: HOME.id }, true],
    ['with its key in a field', { fields: { camera: '50023108' } }, true],
    ['with its name in a field', { fields: { where: HOME.name } }, true],
    ['with a number that is also a short key', { fields: { lanes: '8' } }, false],
    ['elsewhere', { asset: ROAD.id, fields: { camera: '50023101', count: 8 } }, false],
  ])('an occurrence %s: %s', (_where, more, about) => {
    expect(hidden.isAbout(occurrence('o', more))).toBe(about);
  });

  it('is found in the midst of a text, whatever JSON makes of its letters', () => {
    expect(hidden.isNamedIn({ text: { zh: `摄像机 ${HOME.name} 静默`, en: '' } })).toBe(true);
    expect(hidden.isNamedIn({ subject: 'video/camera/50023108/state' })).toBe(true);
    expect(hidden.isNamedIn({ text: '回家的路' })).toBe(false);
  });
});

describe('a scene for visitors', () => {
  const all: ViewSpec = { kind: 'latest', type: 'video/camera', metrics: ['state'] };
  const one: ViewSpec = { kind: 'series', asset: HOME.id, metric: 'bitrate', window: 60_000, step: 60_000 };
  const count: ViewSpec = { kind: 'aggregate', of: 'video/camera/state', fn: 'count' };

  it('has no panel that names a private asset; the others keep their views', () => {
    const spec = scene('video', [all, one, count]);
    spec.panels.push({ ...spec.panels[0]!, id: 'p3', title: { zh: `看${HOME.name}`, en: '' }, views: { value: all } });
    const compiled = compileScene(spec, [video]);
    const shown = sceneForVisitors(compiled, hidden);
    expect(shown.panels.map(({ id, views }) => [id, shown.views[views.value!]])).toEqual([
      ['p0', all],
      ['p2', count],
    ]);
    expect(shown.version).not.toBe(compiled.version);
    expect(JSON.stringify(shown)).not.toMatch(/50023108|急诊/);
  });

  it('has all panels where none does, and no alarms in its header: a tour has no alarm words', () => {
    const compiled = compileScene(scene('video', [all, count]), [video]);
    const shown = sceneForVisitors(compiled, hidden);
    expect(shown.panels).toEqual(compiled.panels);
    expect(shown.views.map(({ kind }) => kind)).not.toContain('alarms');
    expect(shown).not.toHaveProperty('header');
  });
});
