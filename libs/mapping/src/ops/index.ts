import { argsProblem } from '../args.js';
import { DECODERS } from '../decode/index.js';
import { SpecError, show } from '../failure.js';
import type { OpSpec } from '../feed-spec.js';
import { BYTE_OPERATORS } from './bytes.js';
import { CHOICE_OPERATORS } from './choices.js';
import { NUMBER_OPERATORS } from './numbers.js';
import type { Op, Operator, OpScope } from './operator.js';
import { SHAPE_OPERATORS } from './shapes.js';
import { TEXT_OPERATORS } from './texts.js';

/** The closed table of operators, in the order of the reference. */
export const OPERATORS: readonly Operator[] = [
  ...NUMBER_OPERATORS,
  ...TEXT_OPERATORS,
  ...CHOICE_OPERATORS,
  ...BYTE_OPERATORS,
  ...SHAPE_OPERATORS,
];

const BY_NAME: ReadonlyMap<string, Operator> = new Map(OPERATORS.map((operator) => [operator.name, operator]));

/** An operator with its arguments, ready to work. */
export interface CompiledOp {
  name: string;
  /** arguments as written, for explanations */
  args: unknown;
  /** also called for missing values */
  takesMissing: boolean;
  work: Op;
}

const NO_SCOPE: OpScope = { zone: 'Asia/Shanghai', dicts: {} };

/** Throws `SpecError` naming what is wrong. */
export function compileOp(spec: OpSpec, scope: OpScope = NO_SCOPE): CompiledOp {
  let name: string;
  let args: unknown;
  if (typeof spec === 'string') name = spec;
  else {
    const keys = Object.keys(spec);
    if (keys.length !== 1) throw new SpecError(`an operator is one word or one key, not ${show(spec)}`);
    name = keys[0] as string;
    args = spec[name];
  }
  const operator = BY_NAME.get(name);
  if (!operator) {
    const said = `${JSON.stringify(name)} is no operator`;
    if (DECODERS.some((decoder) => decoder.name === name)) {
      throw new SpecError(`${said} but a decoder: it stands in decode, beside path`);
    }
    throw new SpecError(`${said}; there are ${[...BY_NAME.keys()].join(' ')}`);
  }
  if (args === undefined) {
    if (operator.args && !operator.bare) throw new SpecError(`${name} needs arguments`);
  } else if (!operator.args) throw new SpecError(`${name} takes no arguments`);
  else {
    const problem = argsProblem(operator.args, args, name);
    if (problem) throw new SpecError(problem);
  }
  return { name, args, takesMissing: name === 'default', work: operator.compile(args as never, scope) };
}
