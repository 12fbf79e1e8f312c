import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What this process counts of itself, for `/metrics` in Prometheus' text format. Every stage injects it and counts where
 * the thing happens; nothing is read back. Labels are bounded: systems, feeds, reasons and scenes come from packs.
 */
@Injectable()
export class Meters {
  /** One registry an application, so that several in one process (tests) do not collide. */
  readonly registry = new Registry();

  private readonly to = { registers: [this.registry] };

  readonly messages = new Counter({
    name: 'citywall_messages_total',
    help: 'MQTT messages that a feed took',
    labelNames: ['system', 'feed'] as const,
    ...this.to,
  });
  readonly readings = new Counter({
    name: 'citywall_readings_total',
    help: 'Readings written to state',
    labelNames: ['system', 'feed'] as const,
    ...this.to,
  });
  readonly occurrences = new Counter({
    name: 'citywall_occurrences_total',
    help: 'Occurrences written to state',
    labelNames: ['system', 'feed'] as const,
    ...this.to,
  });
  readonly duplicates = new Counter({
    name: 'citywall_duplicates_total',
    help: 'Readings recognised as a repeat and dropped',
    labelNames: ['system', 'feed'] as const,
    ...this.to,
  });
  readonly rejections = new Counter({
    name: 'citywall_rejections_total',
    help: 'Messages and parts of messages that could not be mapped',
    labelNames: ['system', 'feed', 'reason'] as const,
    ...this.to,
  });
  readonly shed = new Counter({
    name: 'citywall_shed_total',
    help: 'QoS 0 messages dropped because the queue was full',
    labelNames: ['broker'] as const,
    ...this.to,
  });
  readonly queue = new Gauge({
    name: 'citywall_queue_messages',
    help: 'Messages received and not yet durable',
    labelNames: ['priority'] as const,
    ...this.to,
  });
  readonly batchSize = new Histogram({
    name: 'citywall_batch_messages',
    help: 'Messages in one batch',
    buckets: [1, 5, 10, 25, 50, 100, 200, 300, 500],
    ...this.to,
  });
  readonly batchSeconds = new Histogram({
    name: 'citywall_batch_seconds',
    help: 'Time from handing a batch to Redis to its durable answer',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    ...this.to,
  });
  readonly frames = new Counter({
    name: 'citywall_frames_total',
    help: 'Frames closed, by scene and kind (snapshot, delta)',
    labelNames: ['scene', 'kind'] as const,
    ...this.to,
  });
  readonly frameBytes = new Counter({
    name: 'citywall_frame_bytes_total',
    help: 'Bytes of frames sent to displays',
    labelNames: ['scene', 'kind'] as const,
    ...this.to,
  });
  readonly framesSkipped = new Counter({
    name: 'citywall_frames_skipped_total',
    help: 'Frames not sent because a display was too slow',
    labelNames: ['scene'] as const,
    ...this.to,
  });
  readonly displays = new Gauge({
    name: 'citywall_displays',
    help: 'Displays connected',
    labelNames: ['scene'] as const,
    ...this.to,
  });
  readonly requests = new Histogram({
    name: 'citywall_http_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'status'] as const,
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5],
    ...this.to,
  });
  readonly notices = new Gauge({
    name: 'citywall_notices',
    help: 'Conditions that hold now, by reason',
    labelNames: ['reason'] as const,
    ...this.to,
  });
  readonly diskFree = new Gauge({
    name: 'citywall_disk_free_bytes',
    help: 'Free space where the data directory is',
    ...this.to,
  });

  readonly lastBackup = new Gauge({
    name: 'citywall_backup_time_seconds',
    help: 'When the last backup of this data directory was made, Unix time; 0: never',
    ...this.to,
  });

  /** Adds Node's own: memory, event loop lag, garbage collection. Starts observers, so not in the constructor. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
