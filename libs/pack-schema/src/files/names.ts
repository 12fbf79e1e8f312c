/**
 * Names that files of packs use and that programs know too. They stand apart from the schemas: who only runs a checked pack
 * does not load what checks it.
 */

/** The broker of `CITYWALL_MQTT_URL`; an entry of this name adds certificates and options to it. */
export const DEFAULT_BROKER = 'default';
export const BROKERS_FILE = 'brokers.yaml';

/** Drawings the simulator can show as a camera's picture. */
export const DRAWINGS = ['junction', 'river', 'square', 'underpass'] as const;
export type Drawing = (typeof DRAWINGS)[number];

/** Names and order of data types as in Sparkplug 3.0, 6.4.16, without sets and templates. */
export const SPARKPLUG_TYPES = [
  ...['Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64'],
  ...['Float', 'Double', 'Boolean', 'String', 'DateTime', 'Text'],
] as const;
