/** What somebody does to an alarm. */
export type AlarmAct =
  | { do: 'acknowledge' }
  | { do: 'unacknowledge' }
  /** `time`: on the shelf, ms, at most `MAX_SHELVED` */
  | { do: 'shelve'; time: number; reason: string }
  | { do: 'unshelve' }
  | { do: 'comment'; text: string }
  /** `order`: number of the work order; `countersigned`: the second person, whom the caller has seen the proof of */
  | { do: 'disable'; reason: string; order: string; countersigned: string }
  | { do: 'enable' };

export const ALARM_ACTS = [
  'acknowledge',
  'unacknowledge',
  'shelve',
  'unshelve',
  'comment',
  'disable',
  'enable',
] as const;

/** An act, who does it, and what they saw. */
export interface AlarmCommand {
  /** id of the alarm */
  id: string;
  by: string;
  act: AlarmAct;
  /** of the alarm as it was seen; absent: whichever it is */
  version?: number;
  /** the caller knows that `by` may shelve what is critical */
  lead?: boolean;
}

/** What became of a command. All but `done` changed nothing. */
export const COMMAND_ANSWERS = [
  'done',
  'no-alarm', // it does not stand (any more)
  'changed', // it is no longer as it was seen
  'already', // it is so already
  'aside', // it is shelved or out of service: bring it back first
  'needs-lead', // shelving a critical alarm needs the grant
  'too-long', // the shelf holds for MAX_SHELVED
  'second-person', // taking out of service needs two
] as const;
export type CommandAnswer = (typeof COMMAND_ANSWERS)[number];
