import type { Occurrence } from '@citywall/model';

/** Occurrences kept in memory per system, beside the open ones. */
export const KEPT_OCCURRENCES = 2_000;
/** Most open ones kept: a feed that never closes anything must not fill the memory. */
export const KEPT_OPEN = 20_000;
/** How far the list may grow beyond its bounds before it is cut: cutting sorts. */
const SLACK = 500;

/** Occurrences of one system as frames see them: the open ones, and the newest of all. Personal fields are masked already. */
export class OccurrenceList {
  private readonly byId = new Map<string, Occurrence>();
  private readonly watchers = new Set<() => void>();
  private sizeAfterCut = 0;
  /** newest stage among those that were left out for lack of room, Unix ms; null: all are here */
  private leftOutAt: number | null = null;

  constructor(private readonly isOpen: (occurrence: Occurrence) => boolean) {}

  get size(): number {
    return this.byId.size;
  }

  all(): Iterable<Occurrence> {
    return this.byId.values();
  }

  /** Whether occurrences since `from` (Unix ms) may be missing: a count of them is a lower bound. */
  isCutSince(from: number): boolean {
    return this.leftOutAt !== null && this.leftOutAt >= from;
  }

  put(occurrence: Occurrence): void {
    this.byId.set(occurrence.id, occurrence);
    if (this.byId.size > Math.max(this.sizeAfterCut, KEPT_OCCURRENCES) + SLACK) this.cut();
    for (const watch of this.watchers) watch();
  }

  /** Says that older ones than these were not loaded. */
  leaveOut(at: number): void {
    this.leftOutAt = Math.max(this.leftOutAt ?? at, at);
  }

  /** Calls after every change. Returns the end of it. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private cut(): void {
    const newestFirst = [...this.byId.values()].sort((a, b) => b.at - a.at);
    let kept = 0;
    let open = 0;
    for (const occurrence of newestFirst) {
      const isOpen = this.isOpen(occurrence);
      if (kept < KEPT_OCCURRENCES || (isOpen && open < KEPT_OPEN)) {
        kept++;
        if (isOpen) open++;
        continue;
      }
      this.byId.delete(occurrence.id);
      this.leaveOut(occurrence.at);
    }
    this.sizeAfterCut = this.byId.size;
  }
}
