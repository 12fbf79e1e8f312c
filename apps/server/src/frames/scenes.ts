import { compileScene } from '@citywall/pack-schema';
import type { Audience, CompiledScene } from '@citywall/protocol';
import type { PackSource } from './ports.js';
import { PrivateAssets, sceneForVisitors } from './private-assets.js';

/** The scenes of all packs, laid out for displays. A scene keeps its object as long as its version is the same. */
export class Scenes {
  private compiled: ReadonlyMap<string, CompiledScene> = new Map();
  private forVisitors: ReadonlyMap<string, CompiledScene> = new Map();

  constructor(private readonly packs: PackSource) {}

  get(id: string, audience: Audience = 'staff'): CompiledScene | undefined {
    return (audience === 'staff' ? this.compiled : this.forVisitors).get(id);
  }

  all(): CompiledScene[] {
    return [...this.compiled.values()];
  }

  /** Compiles what the packs say now. Where two packs name a scene alike, the first in the order of packs has it. */
  compile(): void {
    const packs = this.packs.all();
    const next = new Map<string, CompiledScene>();
    for (const scene of packs.flatMap((pack) => pack.scenes)) {
      if (next.has(scene.id)) continue;
      const compiled = compileScene(scene, packs);
      const before = this.compiled.get(scene.id);
      next.set(scene.id, before?.version === compiled.version ? before : compiled);
    }
    this.compiled = next;
    const hidden = new PrivateAssets(packs);
    this.forVisitors = new Map([...next].map(([id, scene]) => [id, sceneForVisitors(scene, hidden)]));
  }
}
