import { placeOf, type SourcePlan, timeOf } from './steady-source.js';

/** What became of the ids 0 … published - 1. */
export interface Census {
  distinct: number;
  lost: number[];
  twice: number[];
  /** ids that nobody published */
  strange: number;
}

export function census(ids: readonly number[], published: number): Census {
  const seen = new Uint8Array(published);
  const twice: number[] = [];
  let strange = 0;
  for (const id of ids) {
    if (!(id >= 0 && id < published)) strange += 1;
    else if (seen[id]) twice.push(id);
    else seen[id] = 1;
  }
  const lost: number[] = [];
  for (let id = 0; id < published; id++) if (!seen[id]) lost.push(id);
  return { distinct: published - lost.length, lost, twice, strange };
}

async function get<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

async function* pages<Item>(url: string): AsyncGenerator<Item[]> {
  let cursor: string | null = null;
  do {
    const page: { items: Item[]; next: string | null } = await get(
      `${url}&limit=1000${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

/** The ids in the journals of all systems, in order of receipt, as often as they stand there. */
export async function countJournal(url: string, systems: number): Promise<number[]> {
  const ids: number[] = [];
  for (let system = 0; system < systems; system++) {
    const feed = encodeURIComponent(`drill${system}/count`);
    for await (const items of pages<{ value: number }>(`${url}/api/v1/readings?feed=${feed}`)) {
      for (const { value } of items) ids.push(value);
    }
  }
  return ids;
}

/** How many ids of a series there should be, and the newest of them. */
function expected(plan: SourcePlan, published: number, lost: ReadonlySet<number>, index: number) {
  let [count, newest] = [0, -1];
  for (let id = index; id < published; id += plan.series) {
    if (lost.has(id)) continue;
    count += 1;
    newest = id;
  }
  return { count, newest };
}

const assetOf = (plan: SourcePlan, index: number) => {
  const { system, key } = placeOf(plan, index);
  return `drill${system}/node/${key}`;
};

/** Sums the counts of the windows of every series; a reading that was taken twice would be one too many. */
export async function countWindows(url: string, plan: SourcePlan, published: number, lost: ReadonlySet<number>) {
  const from = new Date(plan.begin - 120_000).toISOString();
  const to = new Date(timeOf(plan, published) + 120_000).toISOString();
  const range = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}&step=60s`;
  let [counted, wrong] = [0, 0];
  for (let index = 0; index < plan.series; index++) {
    const asset = encodeURIComponent(assetOf(plan, index));
    const { points } = await get<{ points: { count: number }[] }>(`${url}/api/v1/assets/${asset}/series/id?${range}`);
    const sum = points.reduce((total, { count }) => total + count, 0);
    counted += sum;
    if (sum !== expected(plan, published, lost, index).count) wrong += 1;
  }
  return { series: plan.series, counted, wrong };
}

/** Compares the newest value of every series with the newest id that was not lost. */
export async function countNewest(url: string, plan: SourcePlan, published: number, lost: ReadonlySet<number>) {
  const newest = new Map<string, number>();
  for (let system = 0; system < plan.systems; system++) {
    type Asset = { id: string; metrics: { id?: { value: number } } };
    for await (const items of pages<Asset>(`${url}/api/v1/assets?system=drill${system}`)) {
      for (const { id, metrics } of items) newest.set(id, metrics.id?.value ?? -1);
    }
  }
  let wrong = 0;
  for (let index = 0; index < plan.series; index++) {
    if (newest.get(assetOf(plan, index)) !== expected(plan, published, lost, index).newest) wrong += 1;
  }
  return { wrong };
}

/** Gaps that the sequence numbers of the series show by themselves, without knowing what was published. */
export function gapsOf(ids: readonly number[], plan: SourcePlan): { gaps: number; missing: number } {
  const sequences = new Map<number, number[]>();
  for (const id of new Set(ids)) {
    const index = id % plan.series;
    const list = sequences.get(index) ?? [];
    sequences.set(index, list);
    list.push(placeOf(plan, id).seq);
  }
  let [gaps, missing] = [0, 0];
  for (const list of sequences.values()) {
    list.sort((a, b) => a - b);
    for (let place = 1; place < list.length; place++) {
      const step = (list[place] as number) - (list[place - 1] as number) - 1;
      if (step > 0) [gaps, missing] = [gaps + 1, missing + step];
    }
  }
  return { gaps, missing };
}
