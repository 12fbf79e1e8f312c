/** Kinds of faults as the form offers them; `amount` is what one more field says. */
export const FAULTS: readonly { id: string; amount?: 'times' | 'by' | 'set'; example?: string }[] = [
  { id: 'silence' },
  { id: 'garbage' },
  { id: 'frozen' },
  { id: 'spike', amount: 'set', example: '999' },
  { id: 'clock', amount: 'by', example: '8h' },
  { id: 'future', amount: 'by', example: '24h' },
  { id: 'duplicate', amount: 'times', example: '2' },
  { id: 'reorder' },
  { id: 'burst', amount: 'times', example: '50' },
  { id: 'check' },
  { id: 'buffer' },
];

export interface FaultForm {
  kind: string;
  system: string;
  source: string;
  /** keys, separated by blanks or commas; empty: all */
  assets: string;
  amount: string;
  minutes: string | number;
}

/** The fault a filled form orders, as `POST /api/v1/simulator/faults` takes it. */
export function faultOf(form: FaultForm): Record<string, unknown> {
  const known = FAULTS.find(({ id }) => id === form.kind);
  const assets = form.assets.split(/[\s,，]+/).filter(Boolean);
  const amount = String(form.amount).trim() || known?.example || '';
  return {
    kind: form.kind,
    of: form.source === '' ? form.system : `${form.system}/${form.source}`,
    ...(assets.length > 0 ? { assets } : {}),
    ...(known?.amount === undefined ? {} : { [known.amount]: known.amount === 'by' ? amount : Number(amount) }),
  };
}
