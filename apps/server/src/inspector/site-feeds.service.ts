import { Logger } from '@nestjs/common';
import type { z } from 'zod';
import type { Catalogue } from '../api/catalogue.js';
import { Problem } from '../api/problem.js';
import type { feedsTexts, saveBody, savedFeeds } from '../api/schemas/inspector.js';
import { type SiteFeedsRepository, versionOf } from './site-feeds.repository.js';

/** The site's `feeds.yaml` of a pack: read to be changed, saved when it is valid. */
export class SiteFeedsService {
  private readonly log = new Logger('SiteFeeds');

  constructor(
    private readonly packs: Catalogue & { load(): Promise<void> },
    private readonly texts: SiteFeedsRepository,
  ) {}

  /** @throws Problem `not-found` */
  async read(id: string): Promise<z.input<typeof feedsTexts>> {
    this.known(id);
    const texts = await this.texts.texts(id);
    return { id, ...texts, version: versionOf(texts.site), writable: this.texts.writable };
  }

  /** @throws Problem `not-found`, `conflict` (nowhere to write, or changed meanwhile), `invalid-pack` */
  async save(
    id: string,
    { feeds, version }: z.output<typeof saveBody>,
    user: string,
  ): Promise<z.input<typeof savedFeeds>> {
    this.known(id);
    if (!this.texts.writable) {
      throw new Problem(
        'conflict',
        'this CityWall has no site directory: start it with CITYWALL_PACKS_DIR=/a/directory/of/yours, then save again',
      );
    }
    const { problems } = await this.texts.parse(id, feeds);
    if (problems.length > 0) {
      throw new Problem('invalid-pack', `${problems.length} things are wrong; nothing was saved`, { problems });
    }
    const before = versionOf((await this.texts.texts(id)).site);
    if (version !== undefined && version !== before) {
      throw new Problem('conflict', 'the file was changed since you opened it: open it again, then make your change');
    }
    const file = await this.texts.write(id, feeds);
    this.log.log(`${user} saved ${file}`);
    // The watchers of all processes see it by themselves; who saved it may use it at once.
    await this.packs.load();
    return { id, file, version: versionOf(feeds) };
  }

  private known(id: string): void {
    if (this.packs.get(id)?.kind !== 'system') throw new Problem('not-found', `no system's pack is called ${id}`);
  }
}
