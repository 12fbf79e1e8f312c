/** What somebody was writing. `kind` note · shelve · handover question; `about` an alarm, or ''. */
export interface DraftKey {
  user: string;
  kind: string;
  about: string;
}

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
const PREFIX = 'citywall-draft:';
const nameOf = ({ user, kind, about }: DraftKey) => `${PREFIX}${JSON.stringify([user, kind, about])}`;

/**
 * Unfinished texts of this tab. They outlive a log-out that nobody wished for, and a page that is loaded again; another person
 * at the same screen is not shown them. A browser that keeps nothing is no reason to fail.
 */
export class Drafts {
  constructor(private readonly storage: () => Kept) {}

  get(key: DraftKey): string {
    return this.tried(() => this.storage().getItem(nameOf(key)) ?? '', '');
  }

  put(key: DraftKey, text: string): void {
    this.tried(() => {
      if (text.trim() === '') this.storage().removeItem(nameOf(key));
      else this.storage().setItem(nameOf(key), text);
    }, undefined);
  }

  /** What somebody was writing about, of a kind. */
  abouts(user: string, kind: string): string[] {
    return this.tried(() => {
      const storage = this.storage();
      const names = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
      return names.flatMap((name) => {
        if (!name.startsWith(PREFIX)) return [];
        const [whose, what, about] = JSON.parse(name.slice(PREFIX.length)) as string[];
        return whose === user && what === kind && about !== undefined ? about : [];
      });
    }, []);
  }

  /** Whoever leaves on purpose leaves nothing behind. */
  forget(user: string): void {
    this.tried(() => {
      const storage = this.storage();
      const names = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
      const mine = `${PREFIX}[${JSON.stringify(user)},`;
      for (const name of names) if (name.startsWith(mine)) storage.removeItem(name);
    }, undefined);
  }

  private tried<Answer>(what: () => Answer, otherwise: Answer): Answer {
    try {
      return what();
    } catch {
      return otherwise;
    }
  }
}

export const drafts = new Drafts(() => sessionStorage);
