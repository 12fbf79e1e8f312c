import type { Notice } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';

/** A notice as kept in Redis, with who holds it and when that process last said so. */
export interface KeptNotice {
  notice: Notice;
  instance: string;
  /** Unix ms */
  seenAt: number;
}

/** What the mirror needs of Redis; tests bring one in memory. */
export interface NoticeStore {
  /** Writes and removes by id, under `instance`, and tells the other processes when `announce`. */
  write(instance: string, kept: KeptNotice[], gone: string[], announce: boolean): Promise<void>;
  all(): Promise<KeptNotice[]>;
  /** Removes entries of processes that are gone. */
  drop(entries: KeptNotice[]): Promise<void>;
  /** Calls back when another process changed something; returns what ends it. */
  onChange(listener: () => void): () => void;
}

const KEY = 'cw:notices';
const CHANNEL = 'cw:notices:changed';
const field = (id: string, instance: string) => `${id}@${instance}`;

/** `cw:notices` hash: `<notice id>@<instance>` → JSON {@link KeptNotice}; channel `cw:notices:changed`. */
@Injectable()
export class NoticesRepository implements NoticeStore {
  constructor(private readonly connection: RedisConnection) {}

  async write(instance: string, kept: KeptNotice[], gone: string[], announce: boolean): Promise<void> {
    const commands = this.connection.commands.multi();
    if (kept.length > 0) {
      commands.hset(KEY, ...kept.flatMap((entry) => [field(entry.notice.id, instance), JSON.stringify(entry)]));
    }
    if (gone.length > 0) commands.hdel(KEY, ...gone.map((id) => field(id, instance)));
    if (announce) commands.publish(CHANNEL, instance);
    if (commands.length === 0) return;
    // exec() resolves even when a command of it failed: what was refused has to be an error here.
    for (const [error] of (await commands.exec()) ?? []) if (error) throw error;
  }

  async all(): Promise<KeptNotice[]> {
    const entries = Object.values(await this.connection.commands.hgetall(KEY));
    return entries.flatMap((text) => {
      const kept = parse(text);
      return kept ? [kept] : [];
    });
  }

  async drop(entries: KeptNotice[]): Promise<void> {
    if (entries.length === 0) return;
    await this.connection.commands.hdel(KEY, ...entries.map((entry) => field(entry.notice.id, entry.instance)));
  }

  onChange(listener: () => void): () => void {
    const { subscriber } = this.connection;
    const heard = (channel: string) => {
      if (channel === CHANNEL) listener();
    };
    // While Redis is gone this fails; the client subscribes again by itself only to what once succeeded.
    const subscribe = () => void subscriber.subscribe(CHANNEL).then(listener, () => {});
    subscriber.on('message', heard);
    subscriber.on('ready', subscribe);
    if (subscriber.status === 'ready') subscribe();
    return () => {
      subscriber.off('message', heard);
      subscriber.off('ready', subscribe);
    };
  }
}

function parse(text: string): KeptNotice | null {
  try {
    const value = JSON.parse(text) as KeptNotice;
    return typeof value?.notice?.id === 'string' && typeof value.instance === 'string' ? value : null;
  } catch {
    return null;
  }
}
