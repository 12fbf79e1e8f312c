import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { PairedDisplay, PairingStore, WaitingDisplay } from './pairing.types.js';

const PAIRED = 'cw:displays:paired';
const UPDATE = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;
const waitingKey = (hash: string) => `cw:pairing:${hash}`;
const codeKey = (code: string) => `cw:pairing:code:${code}`;

/**
 * - `cw:displays:paired` hash: SHA-256 of a display's token → JSON {@link PairedDisplay}
 * - `cw:pairing:<sha-256 of the token>` JSON {@link WaitingDisplay}, expires by itself
 * - `cw:pairing:code:<code>` the same hash, expires with it
 */
@Injectable()
export class PairingRepository implements PairingStore {
  constructor(private readonly connection: RedisConnection) {}

  private get redis() {
    return this.connection.commands;
  }

  async putWaiting(hash: string, waiting: WaitingDisplay, ttl: number): Promise<boolean> {
    if ((await this.redis.set(codeKey(waiting.code), hash, 'PX', ttl, 'NX')) !== 'OK') return false;
    await this.redis.set(waitingKey(hash), JSON.stringify(waiting), 'PX', ttl);
    return true;
  }

  async waiting(hash: string): Promise<WaitingDisplay | null> {
    const text = await this.redis.get(waitingKey(hash));
    return text === null ? null : (JSON.parse(text) as WaitingDisplay);
  }

  takeCode(code: string): Promise<string | null> {
    return this.redis.getdel(codeKey(code));
  }

  async paired(hash: string): Promise<PairedDisplay | null> {
    const text = await this.redis.hget(PAIRED, hash);
    return text === null ? null : (JSON.parse(text) as PairedDisplay);
  }

  async allPaired(): Promise<[hash: string, display: PairedDisplay][]> {
    const texts = await this.redis.hgetall(PAIRED);
    return Object.entries(texts).map(([hash, text]) => [hash, JSON.parse(text) as PairedDisplay]);
  }

  async addPaired(hash: string, display: PairedDisplay): Promise<void> {
    await this.redis.hset(PAIRED, hash, JSON.stringify(display));
    await this.redis.del(waitingKey(hash));
  }

  async updatePaired(hash: string, display: PairedDisplay): Promise<void> {
    await this.redis.eval(UPDATE, 1, PAIRED, hash, JSON.stringify(display));
  }

  async dropPaired(hash: string): Promise<boolean> {
    return (await this.redis.hdel(PAIRED, hash)) === 1;
  }
}
