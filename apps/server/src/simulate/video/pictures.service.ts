import { isPrivate } from '@citywall/model';
import { DRAWINGS, type Drawing, type Pack } from '@citywall/pack-schema';
import type { Audience } from '@citywall/protocol';
import { Logger } from '@nestjs/common';
import { type Clip, ClipError, clipName } from './clips.repository.js';
import { livePlaylist, PARTS, STREAMS, type StreamName } from './playlist.js';

/** The part of the packs that has pictures. */
export interface PicturedPacks {
  all(): readonly Pack[];
}

/** Where clips are kept and made. */
export interface ClipStore {
  has(name: string): Promise<boolean>;
  shows(name: string): Promise<boolean>;
  partFile(clip: string, part: string): Promise<string>;
  tidy(): Promise<void>;
  make(clip: Clip): Promise<void>;
  close(): void;
}

interface Camera {
  clip: Clip;
  fault: 'stalled' | 'gone' | null;
  ahead: number;
  private: boolean;
}

/** A stalled stream stopped this long before the process started, so that it is seen as stopped at once, ms. */
const STALLED_BEFORE = 42_000;
const PART_NAME = new RegExp(`^(?:${STREAMS.join('|')})-\\d\\d\\.ts$`);

/**
 * Pictures of the simulated cameras. Four drawings are encoded once and go round as live playlists, whose parts are plain files:
 * sixteen cameras cost no more than reading them. Without ffmpeg the smaller clips that come with the program are shown.
 */
export class PicturesService {
  private readonly log = new Logger('Pictures');
  private readonly startedAt: number;
  private making: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly packs: PicturedPacks,
    private readonly clips: ClipStore,
    private readonly now: () => number = Date.now,
  ) {
    this.startedAt = now();
  }

  /** Makes the clips that are missing. Resolves when all are there, or none can be made. */
  prepare(): Promise<void> {
    this.making ??= this.makeAll();
    return this.making;
  }

  stop(): void {
    this.stopped = true;
    this.clips.close();
  }

  /** The playlist a camera's player asks for; null: it has no stream (now), or none for this audience. */
  async playlist(key: string, stream: StreamName, audience: Audience = 'staff'): Promise<string | null> {
    const camera = this.camera(key);
    if (!camera || camera.fault === 'gone' || (camera.private && audience === 'visitors')) return null;
    const clip = clipName(camera.clip);
    if (!(await this.clips.shows(clip))) return null;
    const at = camera.fault === 'stalled' ? this.startedAt - STALLED_BEFORE : this.now();
    return livePlaylist({ clip, stream, ahead: camera.ahead, from: this.startedAt - STALLED_BEFORE }, at);
  }

  /** File of a part; null for a name that is none. */
  async part(clip: string, part: string): Promise<string | null> {
    const known = DRAWINGS.some((drawing) => clip === drawing || clip === `${drawing}-still`);
    return known && PART_NAME.test(part) ? this.clips.partFile(clip, part) : null;
  }

  private camera(key: string): Camera | null {
    for (const pack of this.packs.all()) {
      const video = pack.simulator?.video;
      if (!video) continue;
      const cameras = pack.assets.filter(({ type }) => type === video.of);
      const index = cameras.findIndex((asset) => asset.key === key);
      const asset = cameras[index];
      if (!asset) continue;
      return {
        clip: { drawing: drawingOf(asset.attributes[video.subject]), still: video.still.includes(key) },
        fault: video.gone.includes(key) ? 'gone' : video.stalled.includes(key) ? 'stalled' : null,
        // neighbours in the list are far from each other in the loop
        ahead: (index * 5) % PARTS,
        private: isPrivate(asset),
      };
    }
    return null;
  }

  private wanted(): Clip[] {
    const clips = new Map<string, Clip>();
    for (const pack of this.packs.all()) {
      const video = pack.simulator?.video;
      for (const { key, type } of video ? pack.assets : []) {
        const camera = type === video?.of ? this.camera(key) : null;
        if (camera && camera.fault !== 'gone') clips.set(clipName(camera.clip), camera.clip);
      }
    }
    return [...clips.values()];
  }

  private async makeAll(): Promise<void> {
    try {
      await this.clips.tidy();
      for (const clip of this.wanted()) {
        if (this.stopped) return;
        if (await this.clips.has(clipName(clip))) continue;
        await this.clips.make(clip);
        this.log.log(`made the simulated picture ${clipName(clip)}`);
      }
    } catch (error) {
      if (this.stopped) return;
      if (error instanceof ClipError && error.missing) {
        this.log.warn(
          'ffmpeg is not installed: simulated cameras show the small pictures that come with the program (apt-get install ffmpeg)',
        );
      } else {
        this.log.warn(
          `no pictures were made for simulated cameras: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}

function drawingOf(subject: unknown): Drawing {
  return DRAWINGS.find((drawing) => drawing === subject) ?? 'junction';
}
