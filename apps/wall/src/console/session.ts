import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ApiError, ask } from './api.js';

/** Who sits here, and whether the server answers. */
export const useConsole = defineStore('console', () => {
  const user = ref<string | null>(null);
  const roles = ref<string[]>([]);
  /** Unix ms of this computer since when the server does not answer; null: it does */
  const lostSince = ref<number | null>(null);
  /** simulated messages were seen: whatever stands here may be invented */
  const simulated = ref(false);

  /** Whether somebody is logged in. @throws ApiError `unreachable` */
  async function load(): Promise<boolean> {
    try {
      const session = await ask<{ user: string; roles: string[] }>('sessions/current');
      user.value = session.user;
      roles.value = session.roles;
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'unreachable') throw error;
      user.value = null;
      return false;
    }
  }

  async function leave(): Promise<void> {
    await ask('sessions/current', { method: 'DELETE' }).catch(() => {});
    user.value = null;
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
      if (error instanceof ApiError && error.reason === 'unauthorized') user.value = null;
      throw error;
    }
  }

  return { user, roles, lostSince, simulated, load, leave, heard };
});
