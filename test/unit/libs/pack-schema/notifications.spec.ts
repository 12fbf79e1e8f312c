import { parseNotifications, showProblem } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';

const problemsOf = (text: string) => parseNotifications(text, 'site', new Set(['water'])).problems.map(showProblem);

describe('parseNotifications', () => {
  it('fills in what is left out and keeps secrets as they are written', () => {
    const text = `targets:
  duty: { url: "https://hooks.example/x?key=\${env:KEY}", format: wecom }
routes:
  - { id: all, to: [duty], priorities: [1, 2], hours: "20:00-08:00", days: [sat, sun] }
`;
    const { spec, problems, spot } = parseNotifications(text, 'site');
    expect(problems).toEqual([]);
    expect(spec?.zone).toBe('Asia/Shanghai');
    expect(spec?.targets.get('duty')).toEqual({
      url: `https://hooks.example/x?key=\${env:KEY}`,
      format: 'wecom',
      loopback: false,
      lang: 'zh',
      timeout: 10_000,
      perMinute: 20,
      giveUpAfter: 21_600_000,
    });
    expect(spec?.routes).toMatchObject([{ events: ['raised', 'worsened', 'cleared'] }]);
    expect(spot('duty', 'url')).toEqual({ file: 'site/notifications.yaml', line: 2, col: 16 });
  });

  const target = 'targets:\n  duty: { url: "https://hooks.example" }\nroutes:\n';
  it.each([
    ['targets:\n  duty: { ulr: "https://x.example" }\n', '2:11 unknown key "ulr", did you mean "url"?'],
    ['targets:\n  duty: { url: "mqtt://x" }\n', '2:16 expected an address like https://hooks.example/alarms'],
    ['targets:\n  duty: { url: "http://x.example", format: dingtalk }\n', '2:16 the key of a bot would travel'],
    ['targets:\n  duty: { url: "https://x.example", format: wecom, secret: a }\n', '2:60 企业微信 bots have no secret'],
    ['targets:\n  duty: { url: "https://x.example", headers: { Host: a } }\n', 'this header is set by CityWall'],
    ['targets:\n  duty: { url: "https://x.example", timeout: 5m }\n', '2:46 must be from 1s to 1m'],
    [`${target}  - { id: a, to: [dutty] }\n`, '4:19 there is no target "dutty"; there are duty'],
    [`${target}  - { id: a, to: [duty], systems: [watre] }\n`, '4:36 no pack describes the system "watre"'],
    [`${target}  - { id: a, to: [duty], events: [raise] }\n`, 'did you mean raised?'],
    [`${target}  - { id: a, to: [duty], priorities: [5] }\n`, '4:39 expected 1, 2, 3 or 4'],
    [`${target}  - { id: a, to: [duty], hours: 8-20 }\n`, '4:33 expected hours like 08:00-20:00'],
    [`${target}  - { id: a, to: [duty], hours: "08:00-08:00" }\n`, 'is no time at all'],
    [`${target}  - { id: a, to: [duty] }\n  - { id: a, to: [duty] }\n`, '5:11 id "a" is used twice'],
    ['zone: Asia/Nowhere\ntargets: {}\n', '1:7 expected a time zone like Asia/Shanghai'],
  ])('%j', (text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });
});
