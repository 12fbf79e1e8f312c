import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Drawing } from '@citywall/pack-schema';
import { DRAWINGS_VERSION, FPS, HEIGHT, Painter, WIDTH } from './drawings.js';
import { PART, PARTS, STREAMS } from './playlist.js';

/** A clip of a drawing; `still` shows its first frame all along. */
export interface Clip {
  drawing: Drawing;
  still: boolean;
}

export const clipName = ({ drawing, still }: Clip): string => (still ? `${drawing}-still` : drawing);

/** A clip could not be made; the message is for the log. */
export class ClipError extends Error {
  constructor(
    message: string,
    /** there is no such program */
    readonly missing: boolean,
  ) {
    super(message);
    this.name = 'ClipError';
  }
}

/** Size and encoding of the two streams. Baseline, one key frame a part: every part plays by itself. */
const SIZES = { main: [960, 540, 27], sub: [480, 270, 29] } as const;

/**
 * Clips of our own drawings, each a folder that is there whole or not at all: in the data directory those that ffmpeg made once,
 * in two sizes; small ones come with the program and stand in for those not made.
 */
export class ClipsRepository {
  private running: ChildProcess | null = null;
  private closed = false;

  constructor(
    /** `DATA_DIR/video` */
    private readonly directory: string,
    /** clips that come with the program (`apps/server/clips`), one size each */
    private readonly delivered: string,
    private readonly program = 'ffmpeg',
  ) {}

  private get root(): string {
    return join(this.directory, `v${DRAWINGS_VERSION}`);
  }

  /** Whether ffmpeg has made it here. */
  has(name: string): Promise<boolean> {
    return isFolder(join(this.root, name));
  }

  /** Whether it can be shown: made here, or delivered. */
  async shows(name: string): Promise<boolean> {
    return (await this.has(name)) || isFolder(join(this.delivered, name));
  }

  /** File of one part, for a name that was checked. */
  async partFile(clip: string, part: string): Promise<string> {
    if (await this.has(clip)) return join(this.root, clip, part);
    // one size for both streams; called .mpegts there, so that no tool takes it for TypeScript
    return join(this.delivered, clip, part.replace(/^[a-z]+-(\d+)\.ts$/, 'sub-$1.mpegts'));
  }

  /** Throws what older drawings and cut-off encodings left. */
  async tidy(): Promise<void> {
    for (const name of await readdir(this.directory).catch(() => [])) {
      if (name !== `v${DRAWINGS_VERSION}`) await rm(join(this.directory, name), { recursive: true, force: true });
    }
  }

  /**
   * Draws a clip and has it encoded; a few seconds of one processor, at the lowest priority.
   * @throws ClipError
   */
  async make(clip: Clip): Promise<void> {
    const name = clipName(clip);
    const unfinished = join(this.directory, `making-${name}`);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    try {
      await this.encode(clip, unfinished);
      const parts = (await readdir(unfinished)).filter((file) => file.endsWith('.ts'));
      if (parts.length !== PARTS * STREAMS.length) {
        throw new ClipError(
          `${this.program} made ${parts.length} parts of ${name}, not ${PARTS * STREAMS.length}`,
          false,
        );
      }
      await mkdir(this.root, { recursive: true });
      await rename(unfinished, join(this.root, name));
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  /** Ends an encoding under way. */
  close(): void {
    this.closed = true;
    this.running?.kill('SIGKILL');
  }

  private async encode({ drawing, still }: Clip, folder: string): Promise<void> {
    const encoder = spawn(this.program, encoderArguments(folder), { stdio: ['pipe', 'ignore', 'pipe'] });
    this.running = encoder;
    let said = '';
    encoder.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-500);
    });
    // one that dies early closes its end of the pipe: its exit code says so, the pipe need not
    encoder.stdin.on('error', () => {});
    const ended = new Promise<void>((resolve, reject) => {
      encoder.once('error', (error: NodeJS.ErrnoException) => {
        reject(new ClipError(`${this.program}: ${error.message}`, error.code === 'ENOENT'));
      });
      encoder.once('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new ClipError(`${this.program} ended with ${code ?? signal}: ${said.trim()}`, false));
      });
    });
    // awaited below; until then a rejection must not count as unhandled
    ended.catch(() => {});
    try {
      if (encoder.pid !== undefined) setPriority(encoder.pid, 19);
    } catch {
      // it is only slower to share; nothing depends on it
    }
    const painter = new Painter(drawing);
    const first = still ? painter.frame(0) : null;
    for (let index = 0; index < painter.frames && encoder.exitCode === null && !this.closed; index++) {
      if (encoder.pid === undefined) break;
      const room = encoder.stdin.write(first ?? painter.frame(index));
      // a frame is some ms of this process: everybody else has a turn in between
      await (room ? setImmediate() : Promise.race([once(encoder.stdin, 'drain').catch(() => ended), ended]));
    }
    encoder.stdin.end();
    try {
      await ended;
    } finally {
      this.running = null;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

function encoderArguments(folder: string): string[] {
  const split = STREAMS.map((stream) => `[${stream}in]`).join('');
  const scaled = STREAMS.map((stream) => `[${stream}in]scale=${SIZES[stream][0]}:${SIZES[stream][1]}[${stream}]`);
  const outputs = STREAMS.flatMap((stream) => [
    ...['-map', `[${stream}]`, '-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'veryfast'],
    ...['-crf', String(SIZES[stream][2]), '-threads', '1', '-pix_fmt', 'yuv420p'],
    ...['-g', String(FPS * PART), '-keyint_min', String(FPS * PART), '-sc_threshold', '0'],
    ...['-f', 'hls', '-hls_time', String(PART), '-hls_list_size', '0', '-hls_segment_type', 'mpegts'],
    ...['-hls_segment_filename', join(folder, `${stream}-%02d.ts`), join(folder, `${stream}.m3u8`)],
  ]);
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostats', '-filter_threads', '1'],
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FPS), '-i', 'pipe:0'],
    ...['-filter_complex', `[0:v]split=${STREAMS.length}${split};${scaled.join(';')}`],
    ...outputs,
  ];
}
