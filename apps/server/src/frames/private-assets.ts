import { type Asset, isPrivate, type Occurrence } from '@citywall/model';
import { canonical, hash, type Pack } from '@citywall/pack-schema';
import type { CompiledScene } from '@citywall/protocol';

/** Shorter keys are words of every day (a number, a letter): by themselves they name nothing. */
const SHORTEST_KEY = 6;

/** The assets of some packs that visitors are not told of, and what would tell of them. */
export class PrivateAssets {
  private readonly assets: readonly Asset[];
  private readonly typeKeys: ReadonlySet<string>;
  /** what names one as a field's whole value */
  private readonly words: ReadonlySet<string>;
  /** what text of a screen must not hold, as it stands in JSON */
  private readonly needles: readonly string[];

  constructor(packs: readonly Pack[]) {
    this.assets = packs.flatMap(({ assets }) => assets.filter(isPrivate));
    this.typeKeys = new Set(this.assets.map(({ type, key }) => `${type}/${key}`));
    this.words = new Set([
      ...this.typeKeys,
      ...this.assets.flatMap(({ id, key, name }) => [id, name, ...(key.length < SHORTEST_KEY ? [] : [key])]),
    ]);
    this.needles = this.assets
      .flatMap(({ type, key, name }) => [`${type}/${key}`, name])
      .filter((text) => text.length > 1)
      .map((text) => JSON.stringify(text).slice(1, -1));
  }

  get none(): boolean {
    return this.assets.length === 0;
  }

  /** @param typeKey `type/key` in the system of the packs */
  has(typeKey: string): boolean {
    return this.typeKeys.has(typeKey);
  }

  /** Whether an occurrence is at a private asset, or names one in a field of its own. */
  isAbout({ asset, fields }: Pick<Occurrence, 'asset' | 'fields'>): boolean {
    if (asset !== undefined && this.words.has(asset)) return true;
    return Object.values(fields).some((value) => typeof value === 'string' && this.words.has(value));
  }

  /**
   * A text without what names a private asset.
   * @param instead what is put there, by the id of the asset
   */
  without(text: string, instead: (id: string) => string): string {
    let left = text;
    for (const { id, type, key, name } of this.assets) {
      const names = [id, `${type}/${key}`, name, ...(key.length < SHORTEST_KEY ? [] : [key])];
      for (const one of names) if (one.length > 1 && left.includes(one)) left = left.replaceAll(one, instead(id));
    }
    return left;
  }

  /** Whether any text in a value holds a private asset's name or id. */
  isNamedIn(value: unknown): boolean {
    if (this.none) return false;
    const text = JSON.stringify(value);
    return this.needles.some((needle) => text.includes(needle));
  }
}

/** The scene as visitors get it: without the panels that name a private asset. The same object where none does. */
export function sceneForVisitors(scene: CompiledScene, hidden: PrivateAssets): CompiledScene {
  // who is shown round is not told of alarms in the header: a tour has no alarm words
  const { header: _, ...shown } = scene;
  const panels = scene.panels.filter((panel) => {
    const views = Object.values(panel.views).map((index) => scene.views[index]);
    return !hidden.isNamedIn([panel, views]);
  });
  const used = [...new Set(panels.flatMap((panel) => Object.values(panel.views)))].sort((a, b) => a - b);
  const layout = {
    ...shown,
    panels: panels.map((panel) => ({
      ...panel,
      views: Object.fromEntries(Object.entries(panel.views).map(([role, index]) => [role, used.indexOf(index)])),
    })),
    views: used.flatMap((index) => scene.views[index] ?? []),
  };
  return { ...layout, version: hash(canonical(layout)) };
}
