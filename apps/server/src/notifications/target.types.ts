import type { NotificationsSpec, TargetSpec } from '@citywall/pack-schema';

/** A target as messages are sent to it, with its secrets put in. Never to be shown or logged: only `shownTarget` is. */
export interface Target extends Omit<TargetSpec, 'ca'> {
  /** PEM */
  ca?: string;
}

export interface Notifications extends Omit<NotificationsSpec, 'targets'> {
  targets: ReadonlyMap<string, Target>;
}

/** Folder of the site's file: that of the packs, else the data directory. */
export function notificationsDir(config: { packsDir: string | null; dataDir: string }): string {
  return config.packsDir ?? config.dataDir;
}

/** Where a target is, as far as it may be shown: keys of bots stand in paths and queries. */
export function shownTarget({ url }: Pick<Target, 'url'>): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
