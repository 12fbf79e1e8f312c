/** Process of the floor: told `{mqttUrl, shown}` by its parent, answers `{url}`, ends with it. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectAsync } from 'mqtt';
import type { Shown } from './arm.js';

/** ms between two flushes */
const FLUSH_MS = 100;

async function serve({ mqttUrl, shown }: { mqttUrl: string; shown: Shown[] }): Promise<void> {
  const newest = new Map<number, number>();
  const streams = new Set<ServerResponse>();
  const rows = shown
    .map(({ asset, metric }) => `<p data-asset="${asset}" data-metric="${metric}" data-at=""></p>`)
    .join('');
  const script = `const rows=[...document.querySelectorAll('p')];
    new EventSource('/stream').onmessage=(event)=>{for(const [i,t] of JSON.parse(event.data)){
      rows[i].dataset.at=new Date(t).toISOString();rows[i].textContent=String(t)}}`;
  const http = createServer((request, response) => {
    if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      streams.add(response);
      response.once('close', () => streams.delete(response));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${rows}<script>${script}</script>`);
  });
  setInterval(() => {
    if (newest.size === 0) return;
    const text = `data: ${JSON.stringify([...newest])}\n\n`;
    newest.clear();
    for (const stream of streams) stream.write(text);
  }, FLUSH_MS);
  const client = await connectAsync(mqttUrl, { protocolVersion: 5 });
  client.on('message', (topic, payload) => {
    const index = Number(topic.slice(6));
    const message = JSON.parse(payload.toString()) as { t: number };
    if (index < shown.length) newest.set(index, message.t);
  });
  await client.subscribeAsync('floor/+');
  http.listen(0, '127.0.0.1', () => {
    process.send?.({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
  });
}

process.once('message', (asked: Parameters<typeof serve>[0]) => void serve(asked));
process.once('disconnect', () => process.exit(0));
