import type {
  ArchivedJournal,
  ArchivePositions,
  Gap,
  JournalTail,
  LineContent,
  Position,
  Tail,
} from './archive.types.js';
import { compareIds } from './archive.types.js';
import type { ArchiveFiles } from './archive-files.repository.js';
import { dayOf, dayPlus, GENESIS, nextLine } from './chain.js';
import { archivedContent } from './content.js';

/** Files of days longer ago are removed: half a year and a week. */
export const KEEP_DAYS = 190;
/** Rejections of a system and day beyond this many bytes are counted, not kept: a broken feed must not fill the disk. */
const REJECTIONS_A_DAY = 1024 ** 3;
/** A day is closed so long after its end: the clock of Redis dates the entries. */
const CLOSE_AFTER_MS = 60_000;

const START: Position = { id: '0-0', n: 0, hash: GENESIS, day: '', offset: 0, added: 0 };

/** Another process is the archiver now; nothing of this one counts any more. */
export class LeaseLostError extends Error {
  readonly reason = 'lease-lost';
}

export interface ArchivePorts {
  tail: JournalTail;
  positions: ArchivePositions;
  files: ArchiveFiles;
  /** this process, as the lease knows it */
  owner: string;
  /** ms the lease lasts */
  ttl: number;
  now(): number;
  /** what should be looked into: gaps, files that are not what they were */
  tell(text: string): void;
  /** default 1 GiB */
  rejectionsADay?: number;
}

interface Item {
  at: number;
  content: LineContent;
  /** the position behind it */
  id: string;
  /** entries of the journal it stands for; null: not known */
  entries: number | null;
}

/** One journal of one system, from its stream into its files. After an error it is thrown away and opened anew. */
export class JournalArchive {
  private position = START;
  /** the position as it stands in Redis */
  private kept: string | null = null;

  constructor(
    readonly system: string,
    readonly journal: ArchivedJournal,
    private readonly ports: ArchivePorts,
  ) {}

  /** Finds out where it was, mends what a crash left half done. */
  async open(): Promise<void> {
    const { positions, files, tell } = this.ports;
    this.kept = await positions.get(this.system, this.journal);
    let position = this.kept === null ? START : (JSON.parse(this.kept) as Position);
    const newest = (await files.list(this.journal, this.system)).at(-1);
    const isAhead =
      newest && (newest.day > position.day || (newest.closed && newest.day === position.day) || this.kept === null);
    if (newest && isAhead) {
      // Files know more than Redis: the crash came between closing a day and saying so, or Redis is an older one.
      const { line, end } = await files.last(newest.path);
      const place = newest.closed ? { day: dayPlus(newest.day, 1), offset: 0 } : { day: newest.day, offset: end };
      position =
        line && line.n > position.n
          ? { id: line.id ?? position.id, n: line.n, hash: line.hash, ...place, added: null }
          : { ...position, ...place };
    }
    if (position.day !== '') {
      const path = this.path(position);
      const size = (await files.size(path)) ?? 0;
      let end = position.offset;
      if (size < end) {
        tell(`${path} has ${size} bytes of ${end} that were written: the chain goes on after what is gone`);
        end = size === 0 ? 0 : (await files.last(path)).end;
        position = { ...position, offset: end };
      } else if (size > end) {
        // Written, but the position had not moved: what is whole counts, or entries trimmed meanwhile would be lost.
        end = await files.walk(path, end, (line) => {
          if (line.n !== position.n + 1 || !line.follows(position.hash)) return false;
          const entries = line.gap ? line.gap.missing : 1;
          const added = position.added === null || entries === null ? null : position.added + entries;
          position = { ...position, id: line.id ?? position.id, n: line.n, hash: line.hash, added };
          return true;
        });
        position = { ...position, offset: end };
      }
      if (size > end) await files.cut(path, end);
    }
    this.position = position;
  }

  /**
   * Archives one batch.
   * @returns whether there is more
   */
  async round(): Promise<boolean> {
    const tail = await this.ports.tail.read(this.system, this.journal, this.position.id);
    const { gap, added } = gapBefore(this.position, tail);
    this.position = { ...this.position, added };
    const items: Item[] = [];
    if (gap) {
      const [next] = tail.entries;
      items.push({
        at: next ? timeOf(next.id) : this.ports.now(),
        content: { gap },
        id: gap.upTo,
        entries: 0,
      });
      this.tellGap(gap);
    }
    // What follows a rewound journal is read from its new place, in the next round.
    if (gap?.reason !== 'rewound') items.push(...this.itemsOf(tail));
    for (const [day, group] of this.byDay(items)) {
      if (day !== this.position.day) await this.turnTo(day);
      await this.append(group);
    }
    const over = dayOf(this.ports.now() - CLOSE_AFTER_MS);
    if (!tail.more && this.position.day !== '' && over > this.position.day) await this.turnTo(over);
    return tail.more || gap?.reason === 'rewound';
  }

  private itemsOf({ entries }: Tail): Item[] {
    const last = entries.at(-1);
    if (!last) return [];
    const at = timeOf(last.id);
    const bound = this.ports.rejectionsADay ?? REJECTIONS_A_DAY;
    if (this.journal === 'rejections' && this.position.offset >= bound && dayOf(at) <= this.position.day) {
      const gap: Gap = { missing: entries.length, reason: 'day-full', upTo: last.id };
      return [{ at, content: { gap }, id: last.id, entries: entries.length }];
    }
    return entries.map((entry) => ({
      at: timeOf(entry.id),
      content: archivedContent(this.journal, entry),
      id: entry.id,
      entries: 1,
    }));
  }

  /** A day never comes back, whatever the clock of Redis does. */
  private byDay(items: Item[]): Map<string, Item[]> {
    const days = new Map<string, Item[]>();
    let day = this.position.day;
    for (const item of items) {
      const own = dayOf(item.at);
      if (own > day) day = own;
      const group = days.get(day);
      if (group) group.push(item);
      else days.set(day, [item]);
    }
    return days;
  }

  private async append(items: Item[]): Promise<void> {
    const { position } = this;
    const lines: Buffer[] = [];
    let end = { n: position.n, hash: position.hash };
    let { id, added } = position;
    for (const item of items) {
      const line = nextLine(end, item.at, item.content, position.offset === 0 && lines.length === 0);
      lines.push(line.bytes);
      end = line.end;
      id = item.id;
      added = added === null || item.entries === null ? null : added + item.entries;
    }
    const bytes = Buffer.concat(lines);
    await this.ports.files.write(this.path(position), position.offset, bytes);
    await this.move({ ...position, ...end, id, added, offset: position.offset + bytes.length });
  }

  /** Closes the day's file and goes on in another one. */
  private async turnTo(day: string): Promise<void> {
    const { files, positions, owner, ttl, now } = this.ports;
    if (this.position.day !== '') {
      const path = this.path(this.position);
      if (await files.compress(path)) {
        // Compressing may have taken longer than the lease: then the file is somebody else's.
        if (!(await positions.lease(owner, ttl))) throw new LeaseLostError('the lease of the archive is lost');
        await files.seal(path);
      }
    }
    await this.move({ ...this.position, day, offset: 0 });
    await files.prune(this.journal, this.system, dayPlus(dayOf(now()), -KEEP_DAYS));
  }

  private async move(position: Position): Promise<void> {
    const { positions, owner, ttl } = this.ports;
    const text = JSON.stringify(position);
    if (!(await positions.move(owner, ttl, this.system, this.journal, this.kept, text))) {
      throw new LeaseLostError('the lease of the archive is lost');
    }
    this.kept = text;
    this.position = position;
  }

  private path({ day }: Position): string {
    return this.ports.files.path(this.journal, this.system, day);
  }

  private tellGap({ missing, reason, upTo }: Gap): void {
    const count = missing === null ? 'an unknown number of' : missing;
    const why =
      reason === 'rewound'
        ? 'Redis is an older or another one than before'
        : 'they were removed before they were archived';
    this.ports.tell(
      `${count} entries after ${upTo} of ${this.journal} of ${this.system} are not in the archive: ${why}`,
    );
  }
}

/** Unix ms of an entry, by its id. */
function timeOf(id: string): number {
  return Number.parseInt(id, 10);
}

/** What is missing between the position and the entries read, and how many entries were ever added before them. */
export function gapBefore(position: Position, tail: Tail): { gap: Gap | null; added: number | null } {
  if (compareIds(tail.last, position.id) < 0) {
    return { gap: { missing: null, reason: 'rewound', upTo: tail.last }, added: tail.added };
  }
  if (tail.added === null) return { gap: null, added: null };
  const known = position.added !== null && position.added <= tail.added ? position.added : null;
  // Whether the first entry left is behind the position: then all that are left are.
  const allLeft = tail.first === null || compareIds(tail.first, position.id) > 0;
  let missing: number | null = 0;
  let added: number | null;
  if (known === null) {
    if (allLeft && tail.added !== tail.length) missing = null;
    added = allLeft ? tail.added - tail.length : tail.more ? null : tail.added - tail.entries.length;
  } else {
    if (allLeft) missing = tail.added - known - tail.length;
    else if (!tail.more) missing = tail.added - known - tail.entries.length;
    added = known + missing;
  }
  return { gap: missing === 0 ? null : { missing, reason: 'trimmed', upTo: position.id }, added };
}
