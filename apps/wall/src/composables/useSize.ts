import { onBeforeUnmount, onMounted, type Ref, shallowRef } from 'vue';

/** Size in CSS pixels of an element, followed while the component lives. */
export function useSize(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<{ width: number; height: number }>> {
  const size = shallowRef({ width: 0, height: 0 });
  let observer: ResizeObserver | null = null;
  onMounted(() => {
    if (!element.value) return;
    observer = new ResizeObserver(([entry]) => {
      if (entry) size.value = { width: entry.contentRect.width, height: entry.contentRect.height };
    });
    observer.observe(element.value);
    size.value = { width: element.value.clientWidth, height: element.value.clientHeight };
  });
  onBeforeUnmount(() => observer?.disconnect());
  return size;
}
