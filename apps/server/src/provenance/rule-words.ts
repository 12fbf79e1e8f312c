import type { Words } from '@citywall/model';
import type { MemberCondition, ViewSpec } from '@citywall/protocol';
import type { Catalogue } from '../api/catalogue.js';

/** Which values count in a figure; see `counted` in libs/aggregate. */
const COUNTING: Words = {
  zh: '只计新鲜且可信的值；一个新鲜值都没有时，才计各成员的末次值；质量为“坏”的从不计入',
  en: 'Only fresh, believable values count; where none is fresh, the last known ones do; bad ones never',
};

const FN: Record<'sum' | 'avg' | 'min' | 'max', Words> = {
  sum: { zh: '合计', en: 'sum' },
  avg: { zh: '平均值', en: 'mean' },
  min: { zh: '最小值', en: 'smallest' },
  max: { zh: '最大值', en: 'largest' },
};

const SIGNS: [keyof MemberCondition, string][] = [
  ['above', '>'],
  ['atLeast', '≥'],
  ['below', '<'],
  ['atMost', '≤'],
];

/** The rule of a view in words, from the view itself and the names of the catalogue. */
export function ruleOf(spec: ViewSpec, catalogue: Catalogue): Words {
  switch (spec.kind) {
    case 'latest':
      return latestRule(spec, catalogue);
    case 'series': {
      const { zh, en } = seriesName(spec.asset, spec.metric, catalogue);
      const minutes = spec.step / 60_000;
      return {
        zh: `${zh}，最近 ${hours(spec.window)} 小时，每 ${minutes} 分钟一点（最小、最大、平均、末值）`,
        en: `${en}, the last ${hours(spec.window)} h, one point every ${minutes} min (least, most, mean, last)`,
      };
    }
    case 'rank': {
      const { zh, en } = ofName(spec.of, catalogue);
      return spec.order === 'desc'
        ? { zh: `${zh}，按最新值从大到小取前 ${spec.limit}`, en: `${en}, newest values, the largest ${spec.limit}` }
        : { zh: `${zh}，按最新值从小到大取前 ${spec.limit}`, en: `${en}, newest values, the smallest ${spec.limit}` };
    }
    case 'aggregate':
      return aggregateRule(spec, catalogue);
    case 'layer': {
      const { zh, en } = ofName(spec.of, catalogue);
      return { zh: `${zh}，每个对象的最新值画在它的位置上`, en: `${en}, each asset's newest value at its place` };
    }
    case 'tally':
    case 'flow': {
      const { zh, en } = occurrences(spec.system, spec.type, catalogue);
      const since = sinceWords(spec.since);
      const status = spec.status ? spec.status.join('、') : '';
      const by = spec.kind === 'tally' ? [spec.by] : spec.stages;
      return {
        zh: `${since.zh}${zh}的件数，按${by.map(groupZh).join(' → ')}分组${status ? `，状态为 ${status}` : ''}`,
        en: `${since.en}number of ${en}, by ${by.map(groupEn).join(' → ')}${status ? `, with status ${status}` : ''}`,
      };
    }
    case 'list': {
      const names = spec.systems.map((id) => catalogue.get(id)?.short ?? { zh: id, en: id });
      const types = spec.types?.join('、') ?? '';
      return {
        zh: `${names.map(({ zh }) => zh).join('、')}的事件${types ? `（${types}）` : ''}，最新 ${spec.limit} 条`,
        en: `Occurrences of ${names.map(({ en }) => en).join(', ')}${types ? ` (${types})` : ''}, the newest ${spec.limit}`,
      };
    }
    case 'coverage':
      return {
        zh: `有新鲜值的对象数与应有对象数，按类型：${spec.types.join('、')}`,
        en: `Assets with a fresh value of those expected, by type: ${spec.types.join(', ')}`,
      };
    case 'caseload': {
      const types = spec.types.map((type) =>
        occurrences(type.slice(0, type.indexOf('/')), type.slice(type.indexOf('/') + 1), catalogue),
      );
      const since = sinceWords(spec.since);
      return {
        zh: `${types.map(({ zh }) => zh).join('、')}：${since.zh}新发生与已办结的件数，及未办结的件数`,
        en: `${types.map(({ en }) => en).join(', ')}: ${since.en}begun and ended, and all that are open`,
      };
    }
    case 'index': {
      const parts = spec.parts.map(({ name, weight }) => ({ zh: `${name.zh} ${weight}`, en: `${name.en} ${weight}` }));
      const least = Math.round(spec.atLeast * 100);
      return {
        zh: `各部分得分按权重平均（${parts.map(({ zh }) => zh).join('、')}）；每项指标按折线折算为 0–100 分；数据不足 ${least}% 时不给分，未接入系统的权重分给其余部分`,
        en: `Weighted mean of its parts (${parts.map(({ en }) => en).join(', ')}); every measure becomes 0–100 points by a line; no score below ${least} % of its data; what is not connected gives its weight to the others`,
      };
    }
    case 'notable':
      return {
        zh: `告警${spec.alarms ? `（P${spec.alarms.join('、P')}）` : ''}、事件与数据源状况合成一列，一事一行，按最近变化排列`,
        en: `Alarms${spec.alarms ? ` (P${spec.alarms.join(', P')})` : ''}, occurrences and feeds in one list, one row a thing, the newest change first`,
      };
    case 'groups':
      return {
        zh: `按 ${spec.by} 分组并列：${spec.columns.map(({ view }) => ruleOf(view, catalogue).zh).join('；')}；依次按 ${spec.order.join('、')} 从大到小`,
        en: `Side by side, by ${spec.by}: ${spec.columns.map(({ view }) => ruleOf(view, catalogue).en).join('; ')}; the largest ${spec.order.join(', ')} first`,
      };
    case 'systems':
      return {
        zh: '每个已接入系统：应有对象中至少一项指标新鲜的个数，与正在上报的数据源个数',
        en: 'Every connected system: expected assets with a fresh metric, and feeds that report',
      };
    case 'alarms':
      return {
        zh: `未结束的告警${spec.by ? `个数，按${spec.by === 'town' ? '乡镇' : '系统'}` : `，未确认的 P1 在前，再按优先级、由新到旧，前 ${spec.limit} 条`}；由起因解释的不列，单独计数`,
        en: `Standing alarms${spec.by ? `, how many a ${spec.by}` : `: unacknowledged P1 first, then by priority, newest first, ${spec.limit} of them`}; those a cause explains are counted apart`,
      };
    case 'alarm-events':
      return {
        zh: `最近 ${hours(spec.window)} 小时告警的发生、确认与解除，由新到旧，前 ${spec.limit} 条`,
        en: `Alarms raised, acknowledged and cleared in the last ${hours(spec.window)} h, newest first, ${spec.limit} of them`,
      };
    case 'notices':
      return {
        zh: '本系统自身的状况（数据源静默、存储中断等），成立时出现，解除时消失',
        en: "CityWall's own conditions (a feed is silent, the store is gone), while they hold",
      };
    default:
      // a kind newer than this text is told by its name rather than not at all
      return { zh: `视图 ${(spec as ViewSpec).kind}`, en: `View ${(spec as ViewSpec).kind}` };
  }
}

function latestRule(spec: Extract<ViewSpec, { kind: 'latest' }>, catalogue: Catalogue): Words {
  const type = spec.type ?? '';
  const whose = spec.assets
    ? {
        zh: spec.assets.map((id) => catalogue.asset(id)?.name ?? id).join('、'),
        en: spec.assets.map((id) => catalogue.asset(id)?.name ?? id).join(', '),
      }
    : typeName(type, catalogue);
  const first = spec.assets?.[0] ?? type;
  const [system = '', kind = ''] = first.split('/');
  const names = spec.metrics.map((name) => catalogue.metric(system, kind, name)?.label ?? { zh: name, en: name });
  return {
    zh: `${whose.zh}：${names.map(({ zh }) => zh).join('、')}的最新值，按测得时间取新`,
    en: `${whose.en}: newest ${names.map(({ en }) => en).join(', ')}, by the time of measurement`,
  };
}

function aggregateRule(spec: Extract<ViewSpec, { kind: 'aggregate' }>, catalogue: Catalogue): Words {
  const name = ofName(spec.of, catalogue);
  const where = spec.where ? conditionWords(spec.where) : '';
  const by = spec.by ? { zh: `，按 ${spec.by} 分组`, en: `, by ${spec.by}` } : { zh: '', en: '' };
  const head =
    spec.fn === 'count'
      ? {
          zh: `${name.zh}${where ? ` ${where} ` : '有值'}的个数`,
          en: `number of ${name.en}${where ? ` ${where}` : ' with a value'}`,
        }
      : {
          zh: `${name.zh}${where ? `（${where}）` : ''}的${FN[spec.fn].zh}`,
          en: `${FN[spec.fn].en} of ${name.en}${where ? ` (${where})` : ''}`,
        };
  return { zh: `${head.zh}${by.zh}。${COUNTING.zh}`, en: `${head.en}${by.en}. ${COUNTING.en}` };
}

function conditionWords(where: MemberCondition): string {
  const parts = SIGNS.flatMap(([name, sign]) => {
    const limit = where[name] as number | { attribute: string } | undefined;
    if (limit === undefined) return [];
    return [`${sign} ${typeof limit === 'number' ? limit : limit.attribute}`];
  });
  if (where.is) parts.push(`= ${where.is.map(String).join(' / ')}`);
  return parts.join(' , ');
}

function typeName(type: string, catalogue: Catalogue): Words {
  const [system = '', kind = ''] = type.split('/');
  return catalogue.get(system)?.assetTypes[kind]?.name ?? { zh: type, en: type };
}

/** `water/reservoir/level` → 水库「水位」. */
function ofName(of: string, catalogue: Catalogue): Words {
  const [system = '', type = '', metric = ''] = of.split('/');
  const whose = typeName(`${system}/${type}`, catalogue);
  const what = catalogue.metric(system, type, metric)?.label ?? { zh: metric, en: metric };
  return { zh: `${whose.zh}「${what.zh}」`, en: `${whose.en} ‘${what.en}’` };
}

function seriesName(asset: string, metric: string, catalogue: Catalogue): Words {
  const [system = '', type = ''] = asset.split('/');
  const name = catalogue.asset(asset)?.name ?? asset;
  const what = catalogue.metric(system, type, metric)?.label ?? { zh: metric, en: metric };
  return { zh: `${name}「${what.zh}」`, en: `${name} ‘${what.en}’` };
}

function occurrences(system: string, type: string | undefined, catalogue: Catalogue): Words {
  const pack = catalogue.get(system);
  const name = type === undefined ? undefined : pack?.occurrenceTypes[type]?.name;
  const of = pack?.short ?? { zh: system, en: system };
  return name
    ? { zh: `${of.zh}「${name.zh}」`, en: `${of.en} ‘${name.en}’` }
    : { zh: `${of.zh}事件`, en: `${of.en} occurrences` };
}

function sinceWords(since: 'today' | number | undefined): Words {
  if (since === undefined) return { zh: '', en: '' };
  if (since === 'today') return { zh: '今日零时（北京时间）起，', en: 'since midnight (Beijing time), ' };
  return { zh: `最近 ${hours(since)} 小时，`, en: `in the last ${hours(since)} h, ` };
}

const GROUPS: Record<string, Words> = {
  status: { zh: '状态', en: 'status' },
  level: { zh: '等级', en: 'level' },
  type: { zh: '类型', en: 'type' },
};
const groupZh = (by: string) => GROUPS[by]?.zh ?? by.replace(/^field:/, '字段 ');
const groupEn = (by: string) => GROUPS[by]?.en ?? by.replace(/^field:/, 'field ');
const hours = (ms: number) => Math.round((ms / 3_600_000) * 10) / 10;
