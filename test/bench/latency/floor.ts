/** The least program that does the same outward work: mosquitto → mqtt.js → a text node, flushed at 10 Hz over one HTTP stream. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openPage } from '../../support/browser.js';
import { type Arm, type Shown, TIME } from './arm.js';

export async function openFloor(browser: Browser, mqttUrl: string, shown: readonly Shown[]): Promise<Arm> {
  // a process of its own, like the server it stands beside: the generator must not take its time
  const server = fork(join(import.meta.dirname, 'floor-server.ts'));
  server.send({ mqttUrl, shown });
  const [{ url }] = (await once(server, 'message')) as [{ url: string }];
  const { page } = await openPage(browser, 1920, 1080);
  await page.goto(url);
  const payload = (index: number, counter: number) =>
    JSON.stringify({ m: shown[index]?.metric ?? 'level', v: index + counter, t: Number(TIME) });
  return {
    name: 'floor',
    page,
    url,
    pids: [server.pid as number],
    topic: (index) => `floor/${index}`,
    payloads: (index) => [payload(index, 0), payload(index, 1)],
    close: async () => {
      await page.close();
      if (!server.connected) return;
      server.disconnect();
      await once(server, 'exit');
    },
  };
}
