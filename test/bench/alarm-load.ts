/** What the benchmarks of alarms share: rules at several limits of one metric, and readings that pour in and meet none of them. */
import type { MqttClient } from 'mqtt';
import { rounded } from './arms.js';

/** Rules a metric: with the assets the rule instances. */
export const RULES = 5;
/** Readings of one message of the background. */
const A_MESSAGE = 50;

export const rules = Array.from({ length: RULES }, (_, i) => ({
  id: `above-${i}`,
  metric: 'node/level',
  when: { atLeast: 50 + i * 10, clearBelow: 45 + i * 10 },
  priority: 3 as const,
  text: { zh: '{asset} {value}', en: '{asset} {value}' },
}));

/** Publishes `rate` readings a second of so many assets of the lab, below every limit, until it is stopped. */
export function pour(publisher: MqttClient, assets: number, rate: number): { rate(): number; stop(): void } {
  let sent = 0;
  const begin = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - begin) / 1000) * rate;
    while (sent < due) {
      const items = Array.from({ length: A_MESSAGE }, (_, i) => ({
        key: `k${(sent + i) % assets}`,
        v: (sent + i) % 40,
        ts: Date.now(),
      }));
      publisher.publish('lab/items', JSON.stringify({ items }), { qos: 1 });
      sent += A_MESSAGE;
    }
  }, 5);
  return {
    rate: () => rounded(sent / ((performance.now() - begin) / 1000), 0),
    stop: () => clearInterval(timer),
  };
}

/** Publishes a reading that meets the lowest limit at `alarm-<i>`: its alarm is `lab/above-0/node/alarm-<i>`. */
export function exceed(publisher: MqttClient, i: number): void {
  publisher.publish('lab/items', JSON.stringify({ items: [{ key: `alarm-${i}`, v: 55, ts: Date.now() }] }), { qos: 1 });
}
