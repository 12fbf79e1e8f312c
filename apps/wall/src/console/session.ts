import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ApiError, ask } from './api.js';
import { drafts } from './drafts.js';

/** Who sits here, as `/api/v1/sessions/current` answers. */
interface CurrentSession {
  /** null: nobody, but this machine may read */
  user: string | null;
  roles: string[];
  grants?: string[];
  mustChange?: true;
  /** when its person will have done nothing for too long */
  idleAt?: string | null;
  may: string[];
}

/** `session`: logged in · `local`: nobody is, this machine may read · `nobody`: a log-in is needed · `change`: a password first */
export type Entry = 'session' | 'local' | 'nobody' | 'change';

/** Who sits here, what they may, and whether the server answers. */
export const useConsole = defineStore('console', () => {
  const user = ref<string | null>(null);
  const roles = ref<string[]>([]);
  const grants = ref<string[]>([]);
  /** rows of the server's policy; what is not among them is not offered */
  const may = ref<ReadonlySet<string>>(new Set());
  /** null: not asked yet */
  const entry = ref<Entry | null>(null);
  /** when the session ends unless its person does something, Unix ms of the server; null: it does not end by that */
  const idleAt = ref<number | null>(null);
  /** a session was here and ended without its owner's doing */
  const ended = ref(false);
  /** Unix ms of this computer since when the server does not answer; null: it does */
  const lostSince = ref<number | null>(null);
  /** simulated messages were seen: whatever stands here may be invented */
  const simulated = ref(false);

  function leaveSeat(next: Entry): void {
    if (user.value !== null) ended.value = true;
    user.value = null;
    roles.value = [];
    grants.value = [];
    entry.value = next;
  }

  /** Who is logged in. @throws ApiError `unreachable` and whatever is no answer to that question */
  async function load(): Promise<Entry> {
    try {
      const session = await ask<CurrentSession>('sessions/current');
      may.value = new Set(session.may);
      idleAt.value = session.idleAt ? Date.parse(session.idleAt) : null;
      if (session.user === null) leaveSeat('local');
      else {
        user.value = session.user;
        roles.value = session.roles;
        grants.value = session.grants ?? [];
        ended.value = false;
        entry.value = session.mustChange ? 'change' : 'session';
      }
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'unauthorized') throw error;
      may.value = new Set();
      leaveSeat('nobody');
    }
    return entry.value ?? 'nobody';
  }

  async function leave(): Promise<void> {
    await ask('sessions/current', { method: 'DELETE' }).catch(() => {});
    if (user.value !== null) drafts.forget(user.value);
    user.value = null;
    idleAt.value = null;
    may.value = new Set();
    entry.value = 'nobody';
  }

  /** Notes whether the server answered. Only its silence is a lost link: a refusal is an answer. */
  async function heard<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await asked;
      lostSince.value = null;
      return answer;
    } catch (error) {
      const gone = error instanceof ApiError && error.reason === 'unreachable';
      if (gone) lostSince.value ??= Date.now();
      else lostSince.value = null;
      if (error instanceof ApiError && error.reason === 'unauthorized') leaveSeat('nobody');
      throw error;
    }
  }

  return { user, roles, grants, may, entry, idleAt, ended, lostSince, simulated, load, leave, heard };
});
