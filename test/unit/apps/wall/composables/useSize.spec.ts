import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { effectScope, nextTick, ref } from 'vue';
import { useSize } from '../../../../../apps/wall/src/composables/useSize.js';

/** An observer that tells a size when it is asked to; there is no layout here. */
class Observer {
  static last: Observer;
  readonly observed = new Set<unknown>();
  constructor(readonly tell: (entries: { contentRect: { width: number; height: number } }[]) => void) {
    Observer.last = this;
  }
  observe(element: unknown): void {
    this.observed.add(element);
  }
  disconnect(): void {
    this.observed.clear();
  }
}

const element = (height: number) => ({ clientWidth: 100, clientHeight: height }) as HTMLElement;

describe('useSize', () => {
  const before = globalThis.ResizeObserver;
  beforeAll(() => {
    globalThis.ResizeObserver = Observer as never;
  });
  afterAll(() => {
    globalThis.ResizeObserver = before;
  });

  it('follows an element that comes after the component, another one in its place, and none', async () => {
    const scope = effectScope();
    const shown = ref<HTMLElement | null>(null);
    const size = scope.run(() => useSize(shown))!;
    expect(size.value.height).toBe(0);

    shown.value = element(120);
    await nextTick();
    expect(size.value).toEqual({ width: 100, height: 120 });
    Observer.last.tell([{ contentRect: { width: 90, height: 80 } }]);
    expect(size.value).toEqual({ width: 90, height: 80 });

    shown.value = element(60);
    await nextTick();
    expect(size.value.height).toBe(60);
    expect(Observer.last.observed.size).toBe(1);

    shown.value = null;
    await nextTick();
    expect(size.value.height).toBe(0);
    shown.value = element(10);
    await nextTick();
    scope.stop();
    expect(Observer.last.observed.size).toBe(0);
  });
});
