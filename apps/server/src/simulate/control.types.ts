import type { SimulatorState } from '@citywall/simulator';

/** What the publisher says of itself, once a second. Times are Unix ms. */
export interface PublisherReport {
  /** of this report */
  at: number;
  pid: number;
  connected: boolean;
  /** simulated moment up to which everything was said; null: nothing yet */
  told: number | null;
  /** system → messages a second over the last ten */
  rates: Record<string, number>;
}

/** What whoever looks at the simulator from outside reads at a glance. */
export interface SimulatorGlance {
  /** how fast simulated time goes now; 1 while the story is paused */
  speed: number;
  /** id of the scenario that runs; '' none */
  scenario: string;
  /** real moment of its T0, Unix ms; 0: none */
  startedAt: number;
}

/** Where the state of the simulator is kept; the publisher and whoever commands it meet only here. */
export interface ControlStore {
  read(): Promise<SimulatorState | null>;
  /** Writes unless somebody else did since `before`. @returns whether it was written */
  write(state: SimulatorState, before: number | null, glance: SimulatorGlance): Promise<boolean>;
  report(): Promise<PublisherReport | null>;
  writeReport(report: PublisherReport, moment: number): Promise<void>;
  /** Calls `listener` after changes, and whenever some may have been missed. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** A report older than this is of a publisher that is gone, ms. */
export const SILENT_AFTER = 5_000;
