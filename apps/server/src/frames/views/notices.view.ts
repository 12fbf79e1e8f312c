import { type NoticeRow, stateOf } from '@citywall/protocol';
import type { EvaluatorOf } from './evaluator.js';

/** Most notices shown; `count` in meta is their number before that. */
export const MAX_SHOWN = 200;

/** CityWall's own conditions, the oldest first. Row key: notice id. */
export const noticesView: EvaluatorOf<'notices'> = (_spec, context, dirty) => ({
  interval: 1_000,
  evaluate() {
    const notices = context.notices.all();
    const rows = notices.slice(0, MAX_SHOWN).map((notice): [string, NoticeRow] => [notice.id, { ...notice }]);
    return { state: stateOf(rows, { count: notices.length }), until: Number.POSITIVE_INFINITY };
  },
  close: context.notices.watch(dirty),
});
