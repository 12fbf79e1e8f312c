import type { Place } from './occurrence.js';

/** Text in the two languages of the product. */
export interface Words {
  zh: string;
  en: string;
}

/** A thing of the city that readings belong to. */
export interface Asset {
  /** `system/type/key` */
  id: string;
  system: string;
  type: string;
  key: string;
  name: string;
  /** the vendor's own id */
  extId?: string;
  /** WGS-84; null where nobody said */
  place: Place | null;
  /** `schematic`: the place is drawn for a picture, nobody surveyed it */
  placement?: 'surveyed' | 'schematic';
  inService: boolean;
  /** town code, thresholds (`floodLimit`), owner … as the pack declares them */
  attributes: Record<string, string | number | boolean | null>;
  /** false: seen in a feed, not declared by a pack */
  declared: boolean;
}

/** Whether an asset is kept from visitors, name and all: its pack says `access: private`. */
export function isPrivate({ attributes }: Pick<Asset, 'attributes'>): boolean {
  return attributes.access === 'private';
}
