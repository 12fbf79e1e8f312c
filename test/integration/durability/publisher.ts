import { connectAsync, type MqttClient } from 'mqtt';

/** Publishes numbered messages at a steady rate and knows which ones the broker took. */
export class SteadyPublisher {
  private client: MqttClient | null = null;
  private timer: NodeJS.Timeout | undefined;
  private next = 0;
  private pending = 0;
  private failure: Error | null = null;
  private idle: (() => void) | null = null;

  constructor(
    private readonly url: string,
    /** messages a second */
    private readonly rate: number,
    private readonly make: (id: number) => { topic: string; payload: string },
  ) {}

  /** how many were published so far: ids 0 … published - 1 */
  get published(): number {
    return this.next;
  }

  async start(): Promise<void> {
    this.client = await connectAsync(this.url, { protocolVersion: 5, reconnectPeriod: 100 });
    const begin = performance.now();
    // Open loop: what is due by now goes out, however late the timer comes.
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - begin) / 1000) * this.rate);
      while (this.next < due) this.publish(this.next++);
    }, 5);
  }

  /** Stops, and waits until the broker has taken everything. */
  async stop(): Promise<number> {
    clearInterval(this.timer);
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
      });
    }
    await this.client?.endAsync();
    if (this.failure) throw this.failure;
    return this.next;
  }

  private publish(id: number): void {
    const { topic, payload } = this.make(id);
    this.pending += 1;
    this.client?.publish(topic, payload, { qos: 1 }, (error) => {
      if (error) this.failure = error;
      this.pending -= 1;
      if (this.pending === 0) this.idle?.();
    });
  }
}
