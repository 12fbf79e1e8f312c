import { awaitedAssets } from './alarm-catalogue.js';
import type { AlarmRule } from './files/alarms.js';
import type { Pack } from './pack.js';

/** Id of the rule of outage that a system has without saying so. */
export const OUTAGE_RULE = 'platform-outage';
/** In a smaller system assets that fall silent are told one by one. */
const FEWEST_ASSETS = 3;

/** A fifth of the assets silent within ten minutes is the platform, not the assets. */
const USUAL: AlarmRule = {
  id: OUTAGE_RULE,
  name: { zh: '平台中断', en: 'Platform outage' },
  outage: { share: 20, within: 10 * 60_000 },
  priority: 2,
  text: {
    zh: '{asset} 平台中断，{value}%的设备无数据',
    en: '{asset}: platform outage, {value}% of the assets are silent',
  },
  guidance: {
    zh: '联系平台运维查接口、链路与供电；恢复前该系统数据不可作判断依据，重点部位改电话或人工巡查。',
    en: "Call the platform's operator: interface, link, power. Until it is back judge by nothing it says; watch what matters by phone or by people.",
  },
};

/** The rules of a system with the usual one of outage, where it has none of its own. */
export function withOutage(
  pack: Pick<Pack, 'kind' | 'metrics' | 'assets' | 'assetTypes'>,
  rules: readonly AlarmRule[],
): AlarmRule[] {
  const needs = hasUsualOutage(pack.kind === 'city', rules) && awaitedAssets(pack).size >= FEWEST_ASSETS ? [USUAL] : [];
  return [...rules, ...needs];
}

/** Whether the usual rule is taken: none says otherwise, and its id is free. */
export function hasUsualOutage(city: boolean, rules: readonly AlarmRule[]): boolean {
  return !city && !rules.some(({ id, outage }) => outage !== undefined || id === OUTAGE_RULE);
}
