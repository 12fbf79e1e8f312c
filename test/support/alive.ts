import type { CDPSession } from 'playwright-core';

/** Objects of a kind (`ResizeObserver`) that are alive in a page, in its document or not, after what nobody holds was let go. */
export async function alive(cdp: CDPSession, kind: string): Promise<number> {
  const { result } = await cdp.send('Runtime.evaluate', { expression: `${kind}.prototype` });
  const { objects } = await cdp.send('Runtime.queryObjects', { prototypeObjectId: result.objectId! });
  const counted = await cdp.send('Runtime.callFunctionOn', {
    objectId: objects.objectId!,
    functionDeclaration: 'function () { return this.length; }',
  });
  await cdp.send('Runtime.releaseObject', { objectId: objects.objectId! });
  return counted.result.value as number;
}

/** Twice: what the first round only marks for finalisation goes with the second. */
export async function collectGarbage(cdp: CDPSession): Promise<void> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
}
