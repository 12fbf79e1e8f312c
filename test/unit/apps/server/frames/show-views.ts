import type { Pack } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import { afterEach } from '@jest/globals';
import { City, type Screen, scene, water } from './fakes.js';

export const words = (text: string) => ({ zh: text, en: text });

/** A city for each test, whose scene `s` shows views; it ends with the test. */
export class ShownViews {
  city!: City;

  constructor() {
    afterEach(() => this.city?.frames.stop());
  }

  /** Shows these views; `fill` writes state before the start. */
  readonly show = async (
    views: ViewSpec[],
    fill: (city: City) => void = () => {},
    packs: (scenes: Pack['scenes']) => Pack[] = (scenes) => [water(scenes)],
  ): Promise<Screen> => {
    this.city = new City(packs([scene('s', views)]));
    fill(this.city);
    await this.city.start();
    return this.city.show('s');
  };

  /** Writes state and lets a frame pass. */
  readonly write = async (...args: Parameters<City['state']['write']>): Promise<void> => {
    this.city.state.write(...args);
    await this.city.clock.advance(1_100);
  };
}
