import { type InjectionKey, inject, provide } from 'vue';

const DRAWN: InjectionKey<{ expect(): () => void }> = Symbol('drawn');

/**
 * Counts what has still to be drawn for the first time: panels while they load, charts until `finished`.
 * @param settled called each time nothing is outstanding any more
 */
export function provideDrawn(settled: () => void): { expect(): () => void } {
  let outstanding = 0;
  const counter = {
    expect() {
      outstanding += 1;
      let done = false;
      return () => {
        if (done) return;
        done = true;
        outstanding -= 1;
        if (outstanding === 0) settled();
      };
    },
  };
  provide(DRAWN, counter);
  return counter;
}

/** Says that this component has to be drawn; the function returned says that it is. */
export function useDrawn(): () => void {
  return inject(DRAWN, null)?.expect() ?? (() => {});
}
