import type { Words } from './asset.js';

/** Conditions of CityWall itself and of its sources. A closed list. */
export const NOTICE_REASONS = [
  'feed-silent', // no message for longer than the feed's `expect`
  'feed-shedding', // QoS 0 messages dropped, oldest first
  'pack-refused', // a changed pack is invalid, the last good one runs on
  'broker-gone', // no connection to an MQTT broker
  'redis-gone', // no connection to Redis
  'redis-refuses', // Redis answers but refuses writes (disk full, memory)
  'disk-low', // below 5 % or 1 GB free
  'archive-behind', // journals are not written to their files: disk nearly full or refusing
  'asset-limit', // a feed brings more assets than it may
  'notify-failing', // alarms do not reach a target outside, or some were given up
  'demo-external', // simulated data is published to an external broker
] as const;
export type NoticeReason = (typeof NOTICE_REASONS)[number];

/** One condition that holds now. */
export interface Notice {
  /** `reason` or `reason:subject` */
  id: string;
  reason: NoticeReason;
  /** feed, pack or broker it is about */
  subject?: string;
  system?: string;
  /** Unix ms */
  since: number;
  count: number;
  text: Words;
}
