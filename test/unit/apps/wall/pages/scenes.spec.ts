import { describe, expect, it } from '@jest/globals';
import { fetchScenes } from '../../../../../apps/wall/src/pages/chooser/scenes.js';

const answer = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });
const server = (...answers: (Response | Error)[]) => {
  const asked: string[] = [];
  const get = (async (url: string) => {
    asked.push(url);
    const next = answers.shift()!;
    if (next instanceof Error) throw next;
    return next;
  }) as unknown as typeof fetch;
  return { asked, get };
};

describe('list of scenes', () => {
  it('is read page after page', async () => {
    const { asked, get } = server(
      answer(200, { items: [{ id: 'a' }], next: 'c 1' }),
      answer(200, { items: [{ id: 'b' }], next: null }),
    );
    expect((await fetchScenes(get)).map((scene) => scene.id)).toEqual(['a', 'b']);
    expect(asked).toEqual(['/api/v1/scenes?limit=100', '/api/v1/scenes?limit=100&cursor=c+1']);
  });

  it.each([401, 403])('%d asks for a log-in', async (status) => {
    await expect(fetchScenes(server(answer(status)).get)).rejects.toMatchObject({ reason: 'unauthorized' });
  });

  it('anything else says what went wrong', async () => {
    await expect(fetchScenes(server(answer(503)).get)).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(fetchScenes(server(new Error('refused')).get)).rejects.toThrow('refused');
  });
});
