import type { Words } from '@citywall/model';
import type { TargetFormat } from '@citywall/pack-schema';
import { iso } from '../api/schemas/common.js';
import { dingtalkSign, signatureOf } from './signature.js';
import type { Summary, Told, ToldAlarm } from './told.js';

/** What the form of a message depends on. */
export interface MessageForm {
  format: TargetFormat;
  lang: keyof Words;
  secret?: string;
  /** IANA name: bots' messages tell local time */
  zone: string;
}

export interface Message {
  body: string;
  headers: Record<string, string>;
  /** added to the address */
  query: Record<string, string>;
}

/** 企业微信 takes 4,096 bytes of markdown; 钉钉 more, but nobody reads them. */
const MAX_BYTES = 4_000;

/**
 * A message as it goes over the wire.
 * @param key by which the target knows a repetition
 * @param now Unix ms
 */
export function messageOf(told: Told, key: string, form: MessageForm, now: number): Message {
  const { format, secret } = form;
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': key,
    'webhook-id': key,
    'webhook-timestamp': String(Math.floor(now / 1000)),
  };
  if (format === 'json') {
    const body = JSON.stringify(plain(told));
    if (secret !== undefined) headers['webhook-signature'] = signatureOf(secret, key, Math.floor(now / 1000), body);
    return { body, headers, query: {} };
  }
  const { title, text } = markdown(told, form);
  if (format === 'wecom')
    return { body: JSON.stringify({ msgtype: 'markdown', markdown: { content: text } }), headers, query: {} };
  return {
    body: JSON.stringify({ msgtype: 'markdown', markdown: { title, text } }),
    headers,
    query: secret === undefined ? {} : { timestamp: String(now), sign: dingtalkSign(secret, now) },
  };
}

/** The form for programs: `{ type, timestamp, data }`, times in ISO 8601. */
function plain({ event, at, alarm, notice, summary, by, note }: Told): object {
  const type = event === 'summary' || event === 'test' ? event : alarm === undefined ? event : `alarm.${event}`;
  return {
    type,
    timestamp: iso(at),
    data: {
      ...(alarm === undefined
        ? {}
        : {
            alarm: {
              ...alarm,
              raisedAt: iso(alarm.raisedAt),
              clearedAt: alarm.clearedAt === null ? null : iso(alarm.clearedAt),
            },
          }),
      ...(notice === undefined ? {} : { notice: { ...notice, since: iso(notice.since) } }),
      ...(summary === undefined ? {} : { summary: { ...summary, from: iso(summary.from), to: iso(summary.to) } }),
      ...(by === undefined ? {} : { by }),
      ...(note === undefined ? {} : { note }),
    },
  };
}

const EVENT_WORDS: Record<Told['event'], Words> = {
  raised: { zh: '告警', en: 'Alarm' },
  worsened: { zh: '告警加重', en: 'Alarm worse' },
  cleared: { zh: '已恢复', en: 'Over' },
  acknowledged: { zh: '已确认', en: 'Acknowledged' },
  notice: { zh: '系统提示', en: 'Notice' },
  'notice-over': { zh: '系统提示解除', en: 'Notice over' },
  summary: { zh: '告警汇总', en: 'Summary' },
  test: { zh: '测试消息', en: 'Test' },
};
const PRIORITY_WORDS: Words[] = [
  { zh: 'P1 紧急', en: 'P1 critical' },
  { zh: 'P2 重要', en: 'P2 major' },
  { zh: 'P3 一般', en: 'P3 minor' },
  { zh: 'P4 提示', en: 'P4 advisory' },
];
const ORIGIN_WORDS: Record<ToldAlarm['origin'], Words | null> = {
  live: null,
  simulated: { zh: '演示数据', en: 'Simulated' },
  exercise: { zh: '演练', en: 'Exercise' },
};

function markdown(told: Told, { format, lang, zone }: MessageForm): { title: string; text: string } {
  const { event, at, alarm, notice, summary, by, note } = told;
  const word = EVENT_WORDS[event][lang];
  const zh = lang === 'zh';
  const when = (time: number) => localTime(time, zone);
  const origin = alarm && ORIGIN_WORDS[alarm.origin];
  const mark = origin ? `${zh ? '【' : '['}${origin[lang]}${zh ? '】' : ']'}` : '';
  const quoted = (label: Words, text: string | null | undefined) =>
    text ? [`> ${label[lang]}${zh ? '：' : ': '}${safe(text)}`] : [];
  const lines: string[] = [];
  let title = word;
  if (alarm !== undefined) {
    const priority = PRIORITY_WORDS[alarm.priority - 1]?.[lang] ?? '';
    title = `${mark}${priority} ${word}`;
    lines.push(
      `**${mark}${priority} · ${word}**`,
      safe(alarm.text[lang]),
      ...quoted({ zh: '系统', en: 'System' }, alarm.systemName[lang]),
      ...quoted({ zh: '对象', en: 'Asset' }, alarm.name),
      ...quoted({ zh: '镇街', en: 'Town' }, alarm.town),
      ...quoted({ zh: '发生', en: 'Raised' }, when(alarm.raisedAt)),
      ...quoted({ zh: '恢复', en: 'Over' }, alarm.clearedAt === null ? null : when(alarm.clearedAt)),
      ...quoted({ zh: '处置', en: 'Guidance' }, event === 'cleared' ? null : alarm.guidance?.[lang]),
    );
  } else if (notice !== undefined) {
    lines.push(`**${word}**`, safe(notice.text[lang]), ...quoted({ zh: '自', en: 'Since' }, when(notice.since)));
  } else if (summary !== undefined) lines.push(`**${word}**`, ...summaryLines(summary, lang, when));
  else lines.push(`**${word}**`, zh ? '智慧城市运营中心的通知已接通。' : 'Notifications from CityWall arrive here.');
  lines.push(...quoted({ zh: '人员', en: 'By' }, by), ...quoted({ zh: '说明', en: 'Note' }, note));
  if (summary === undefined) lines.push(...quoted({ zh: '时间', en: 'Time' }, when(at)));
  // a single line break is none for 钉钉
  return { title, text: shortened(lines.join(format === 'wecom' ? '\n' : '\n\n')) };
}

function summaryLines(
  { from, to, raised, cleared, acknowledged, notices }: Summary,
  lang: keyof Words,
  when: (at: number) => string,
) {
  const zh = lang === 'zh';
  const counts = raised.flatMap((n, index) => (n === 0 ? [] : `${PRIORITY_WORDS[index]?.[lang]} ${n}`));
  const span = `${when(from)}–${when(to).slice(-8)}`;
  return [
    zh ? `${span} 消息过多，下列未逐条发送：` : `${span}: too many to be sent one by one:`,
    ...(counts.length > 0 ? [`> ${zh ? '新告警：' : 'new alarms: '}${counts.join(zh ? '，' : ', ')}`] : []),
    ...(cleared > 0 ? [`> ${zh ? '恢复' : 'over'} ${cleared}`] : []),
    ...(acknowledged > 0 ? [`> ${zh ? '确认' : 'acknowledged'} ${acknowledged}`] : []),
    ...(notices > 0 ? [`> ${zh ? '系统提示' : 'notices'} ${notices}`] : []),
    zh ? '请到值班台查看全部。' : 'All of them are on the alarm desk.',
  ];
}

function localTime(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
}

/**
 * Texts hold what platforms sent: nothing in them may become a link, a mention or a form of the bot's markdown. Chats make links
 * of bare addresses and names of hosts by themselves, so these are taken apart as well.
 */
function safe(text: string): string {
  const wide = (char: string) => String.fromCharCode(char.charCodeAt(0) + 0xfee0);
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[<>[\]*`@#|&\\]/g, wide)
    .replace(/(?<=[a-z]):(?=\/\/)|(?<=mailto|tel):/gi, wide)
    .replace(/(?<=[\p{L}\p{N}-])\.(?=\p{L}{2})/gu, wide)
    .trim();
}

function shortened(text: string): string {
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  // what decoding makes of a character that was cut through, and no more, goes away
  const cut = Buffer.from(text)
    .subarray(0, MAX_BYTES - 3)
    .toString('utf8')
    .replace(/\ufffd$/, '');
  return `${cut}…`;
}
