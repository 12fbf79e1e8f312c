import { useWords } from '../composables/useWords.js';
import { ApiError } from './api.js';

/** What went wrong, in words: the server's own, or that it did not answer. */
export function useFailure(): (error: unknown) => string {
  const { t } = useWords();
  return (error) => {
    if (error instanceof ApiError && error.reason === 'unreachable') return t('console.unreachable');
    return error instanceof Error ? error.message : String(error);
  };
}
