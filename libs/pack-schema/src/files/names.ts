/**
 * Names that files of packs use and that programs know too. They stand apart from the schemas: who only runs a checked pack
 * does not load what checks it.
 */

/** The broker of `CITYWALL_MQTT_URL`; an entry of this name adds certificates and options to it. */
export const DEFAULT_BROKER = 'default';
export const BROKERS_FILE = 'brokers.yaml';
export const NOTIFICATIONS_FILE = 'notifications.yaml';

/** Drawings the simulator can show as a camera's picture. */
export const DRAWINGS = ['junction', 'river', 'square', 'underpass'] as const;
export type Drawing = (typeof DRAWINGS)[number];

/** Names and order of data types as in Sparkplug 3.0, 6.4.16, without sets and templates. */
export const SPARKPLUG_TYPES = [
  ...['Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64'],
  ...['Float', 'Double', 'Boolean', 'String', 'DateTime', 'Text'],
] as const;

/** What may be told to targets outside. A closed list. */
export const TOLD_EVENTS = [
  'raised', // an alarm begins, or comes back from suppression, the shelf or out of service while it holds
  'worsened', // it got worse
  'cleared', // it is over, or no longer judged
  'acknowledged', // a person has seen it
  'notice', // a condition of CityWall itself holds for a minute
  'notice-over', // … and is over for a minute
] as const;
export type ToldEvent = (typeof TOLD_EVENTS)[number];

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** How a message is put: our own JSON, or what the two bots take. */
export const TARGET_FORMATS = ['json', 'wecom', 'dingtalk'] as const;
export type TargetFormat = (typeof TARGET_FORMATS)[number];
