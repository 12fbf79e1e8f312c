import type { SimulatorState } from '@citywall/simulator';
import type { ControlStore, PublisherReport } from './control.types.js';

/** State of a simulator that nobody else commands: without Redis, and in tests. */
export class MemoryControlStore implements ControlStore {
  private state: SimulatorState | null = null;
  private said: PublisherReport | null = null;
  private readonly listeners = new Set<() => void>();

  async read(): Promise<SimulatorState | null> {
    return this.state;
  }

  async write(state: SimulatorState, before: number | null): Promise<boolean> {
    if ((this.state?.revision ?? null) !== before) return false;
    this.state = state;
    for (const listener of this.listeners) listener();
    return true;
  }

  async report(): Promise<PublisherReport | null> {
    return this.said;
  }

  async writeReport(report: PublisherReport): Promise<void> {
    this.said = report;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
