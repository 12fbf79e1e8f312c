import type { Words } from '@citywall/model';

/** Scene as `GET /api/v1/scenes` lists it (public contract). */
export interface SceneItem {
  id: string;
  name: Words;
  system?: string;
  size?: { width?: number; height?: number } | [number, number] | string;
}

/** unauthorized: log in first. */
export class ScenesError extends Error {
  override readonly name = 'ScenesError';
  constructor(
    readonly reason: 'unauthorized' | 'unreachable',
    detail: string,
  ) {
    super(detail);
  }
}

/** All scenes, page after page. @throws ScenesError */
export async function fetchScenes(get: typeof fetch = fetch): Promise<SceneItem[]> {
  const items: SceneItem[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== null && { cursor }) });
    let response: Response;
    try {
      response = await get(`/api/v1/scenes?${query}`, { headers: { accept: 'application/json' } });
    } catch (error) {
      throw new ScenesError('unreachable', error instanceof Error ? error.message : String(error));
    }
    if (response.status === 401 || response.status === 403)
      throw new ScenesError('unauthorized', String(response.status));
    if (!response.ok) throw new ScenesError('unreachable', `${response.status} ${response.statusText}`);
    const page = (await response.json()) as { items: SceneItem[]; next: string | null };
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < 10_000);
  return items;
}
