import { onScopeDispose, type Ref, shallowRef, watch } from 'vue';

/**
 * Size in CSS pixels of an element, followed while the component lives. The element may come later (behind a `v-if`) and go
 * again; without it the size is 0 × 0.
 */
export function useSize(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<{ width: number; height: number }>> {
  const size = shallowRef({ width: 0, height: 0 });
  const observer = new ResizeObserver((entries) => {
    const rect = entries.at(-1)?.contentRect;
    if (rect) size.value = { width: rect.width, height: rect.height };
  });
  watch(
    element,
    (now) => {
      observer.disconnect();
      if (now) observer.observe(now);
      size.value = { width: now?.clientWidth ?? 0, height: now?.clientHeight ?? 0 };
    },
    { immediate: true, flush: 'post' },
  );
  onScopeDispose(() => observer.disconnect());
  return size;
}
