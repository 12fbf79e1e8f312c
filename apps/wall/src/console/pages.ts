/** A page of the console: what a session must be let do for it to be there. */
export interface ConsolePage {
  path: string;
  /** its words: `console.nav.<says>` */
  says: string;
  /** row of the server's policy */
  may: string;
}

/** Pages in the order of their number keys. */
export const PAGES: readonly ConsolePage[] = [
  { path: '/console/alarms', says: 'alarms', may: 'alarms.follow' },
  { path: '/console/feeds', says: 'feeds', may: 'desk.read' },
  { path: '/console/displays', says: 'displays', may: 'desk.read' },
  { path: '/console/simulator', says: 'simulator', may: 'desk.read' },
  { path: '/console/history', says: 'history', may: 'desk.read' },
  { path: '/console/handover', says: 'handover', may: 'desk.read' },
  { path: '/console/accounts', says: 'accounts', may: 'accounts.read' },
  { path: '/console/audit', says: 'audit', may: 'audit.read' },
  { path: '/console/notifications', says: 'notifications', may: 'desk.read' },
];

/** Pages that a session is let see, each with the key that it keeps whoever looks. */
export function pagesFor(may: ReadonlySet<string>): (ConsolePage & { key: string })[] {
  return PAGES.map((page, place) => ({ ...page, key: String(place + 1) })).filter((page) => may.has(page.may));
}

export interface KeyHintLine {
  keys: string[];
  /** its words: `console.key.<says>` */
  says: string;
  /** stands in the footer too */
  always?: true;
  /** row of the server's policy without which it does nothing */
  may?: string;
}

const BACK: KeyHintLine = { keys: ['Esc'], says: 'back', always: true };
const ALL: KeyHintLine = { keys: ['?'], says: 'all', always: true };
const LOCALE: KeyHintLine = { keys: ['L'], says: 'locale' };
const PAGE: KeyHintLine = { keys: PAGES.map((_page, place) => String(place + 1)), says: 'page' };
const SELECT: KeyHintLine = { keys: ['↑', '↓'], says: 'select', always: true };
const SEARCH: KeyHintLine = { keys: ['/'], says: 'search', always: true };

const KEYS: Readonly<Record<string, readonly KeyHintLine[]>> = {
  alarms: [
    SELECT,
    { keys: ['space'], says: 'expand', always: true },
    { keys: ['A'], may: 'alarms.handle', says: 'acknowledge', always: true },
    { keys: ['⇧A'], may: 'alarms.handle', says: 'acknowledgeGroup', always: true },
    { keys: ['S'], may: 'alarms.shelve', says: 'shelve', always: true },
    { keys: ['N'], may: 'alarms.handle', says: 'note', always: true },
    { keys: ['U'], says: 'unacknowledged', always: true },
    { keys: ['F'], says: 'floodView' },
    SEARCH,
    { keys: ['Z'], may: 'alarms.handle', says: 'undo', always: true },
    { keys: ['V'], says: 'camera', always: true },
    { keys: ['P'], says: 'provenance' },
    { keys: ['M'], says: 'sound' },
    { keys: ['Home'], says: 'takeNew' },
    LOCALE,
    PAGE,
    BACK,
    ALL,
  ],
  feeds: [
    SELECT,
    { keys: ['Enter'], says: 'open', always: true },
    SEARCH,
    { keys: ['E'], says: 'explain', always: true },
    { keys: ['R'], may: 'inspector.command', says: 'rerun', always: true },
    { keys: ['M'], says: 'messages' },
    { keys: ['Q'], says: 'quarantine' },
    { keys: ['T'], says: 'trial', always: true },
    { keys: ['X'], says: 'mark' },
    { keys: ['F'], says: 'follow' },
    { keys: ['Ctrl', 'Enter'], says: 'run' },
    { keys: ['Ctrl', 'S'], may: 'inspector.command', says: 'save' },
    LOCALE,
    PAGE,
    BACK,
    ALL,
  ],
  displays: [
    { keys: ['↑', '↓', '←', '→'], says: 'select', always: true },
    { keys: ['Enter'], says: 'openScene', always: true },
    SEARCH,
    LOCALE,
    { ...PAGE, always: true },
    BACK,
    ALL,
  ],
  handover: [
    SELECT,
    { keys: ['N'], may: 'handover.write', says: 'shiftNote', always: true },
    { keys: ['G'], may: 'handover.write', says: 'handOver', always: true },
    { keys: ['T'], may: 'handover.sign', says: 'takeOver', always: true },
    { keys: ['W'], may: 'handover.write', says: 'takeBack' },
    { keys: ['P'], says: 'print', always: true },
    LOCALE,
    PAGE,
    BACK,
    ALL,
  ],
  notifications: [
    SELECT,
    { keys: ['T'], may: 'notifications.command', says: 'testTarget', always: true },
    { keys: ['R'], may: 'notifications.command', says: 'resend', always: true },
    LOCALE,
    { ...PAGE, always: true },
    BACK,
    ALL,
  ],
  simulator: [
    SELECT,
    { keys: ['Enter'], may: 'simulator.command', says: 'start', always: true },
    { keys: ['space'], may: 'simulator.command', says: 'pause', always: true },
    { keys: ['S'], may: 'simulator.command', says: 'stop', always: true },
    { keys: ['←', '→'], may: 'simulator.command', says: 'mark-step', always: true },
    { keys: ['−', '+'], may: 'simulator.command', says: 'speed', always: true },
    { keys: ['F'], may: 'simulator.command', says: 'fault', always: true },
    { keys: ['R'], may: 'simulator.command', says: 'reset' },
    LOCALE,
    PAGE,
    BACK,
    ALL,
  ],
};
const HISTORY: readonly KeyHintLine[] = [
  SEARCH,
  { keys: ['K'], says: 'figures', always: true },
  LOCALE,
  { ...PAGE, always: true },
  BACK,
  ALL,
];
const USUAL: readonly KeyHintLine[] = [SEARCH, LOCALE, { ...PAGE, always: true }, BACK, ALL];

/**
 * Every key of a page, and of the shell around it, that does something for whoever sits here. `space` stands for the key's name
 * in the reader's language.
 */
export function keysOf(page: string, may: ReadonlySet<string>): readonly KeyHintLine[] {
  const all = page === 'history' ? HISTORY : (KEYS[page] ?? USUAL);
  const pages = pagesFor(may).map(({ key }) => key);
  return all
    .filter((hint) => hint.may === undefined || may.has(hint.may))
    .map((hint) => (hint.says === 'page' ? { ...hint, keys: pages } : hint));
}
