import { onBeforeUnmount, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import { brightness, observe, stillness, UNSEEN } from './frozen.js';
import type { Player } from './player.js';
import { nextTile, RESTING, type TileEvent, type TileState } from './tileState.js';

const EVERY = 1_000;
/** Size at which pictures are compared, px. */
const SMALL = { width: 64, height: 36 };
/** A stream that stalls for this long is opened anew, ms. */
const REOPEN = 45_000;
/** Width of the still picture kept of a tile at rest, px. */
const POSTER = 640;

export interface CameraOptions {
  video: Readonly<Ref<HTMLVideoElement | null>>;
  poster: Readonly<Ref<HTMLCanvasElement | null>>;
  /** null: nothing to play */
  url: () => string | null;
  playing: () => boolean;
  /** ms */
  frozenAfter: () => number;
  /** the server's clock, Unix ms */
  now: () => number;
}

/** Plays one camera while it has its turn, watches whether its picture moves, keeps the last one for when it has not. */
export function useCamera(options: CameraOptions): {
  state: Readonly<ShallowRef<TileState>>;
  kept: Readonly<Ref<boolean>>;
} {
  const state = shallowRef<TileState>(RESTING);
  const kept = ref(false);
  let player: Player | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let motion = UNSEEN;
  let openedAt = 0;
  /** counts up with every start and stop: what was loaded for an earlier one is not used */
  let turn = 0;
  const small = document.createElement('canvas');
  small.width = SMALL.width;
  small.height = SMALL.height;
  const context = small.getContext('2d', { willReadFrequently: true });

  function tell(event: TileEvent): void {
    state.value = nextTile(state.value, event, options.now());
  }

  async function start(url: string): Promise<void> {
    stop();
    const mine = ++turn;
    tell({ type: 'play' });
    timer = setInterval(sample, EVERY);
    let module: typeof import('./player.js');
    try {
      module = await import('./player.js');
    } catch {
      if (mine === turn) fail(false);
      return;
    }
    const video = options.video.value;
    if (mine !== turn || !video) return;
    motion = UNSEEN;
    openedAt = options.now();
    player = module.play(video, url, { failed: fail });
  }

  function close(): void {
    keep();
    player?.destroy();
    player = null;
  }

  function stop(): void {
    turn += 1;
    if (timer) clearInterval(timer);
    timer = null;
    close();
    tell({ type: 'rest' });
  }

  function fail(none: boolean): void {
    tell({ type: 'failed', none });
    if (timer) clearInterval(timer);
    timer = null;
    close();
  }

  /** Looks at the picture: is there one, is it another than before? */
  function sample(): void {
    const video = options.video.value;
    const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    const now = options.now();
    if (!video || !player || frames === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      tell({ type: 'tick' });
      if (state.value.phase === 'offline') fail(false);
      return;
    }
    const pictureAt = player.pictureAt();
    motion = observe(motion, { at: now, position: video.currentTime, frames, picture: pictureOf(video) });
    const still = stillness(motion, now, options.frozenAfter());
    if (still === 'moving') {
      tell({ type: 'moving', proven: motion.proven, pictureAt });
      return;
    }
    const changedAt = motion.changedAt ?? now;
    // a stalled stream may have been old when it was opened: its own time says how old
    const since = still === 'stalled' && pictureAt !== null ? Math.min(pictureAt, changedAt) : changedAt;
    tell({ type: 'frozen', since, pictureAt: still === 'stalled' ? pictureAt : since });
    const url = options.url();
    if (still === 'stalled' && now - openedAt > REOPEN && url) void start(url);
  }

  function pictureOf(video: HTMLVideoElement): Uint8Array | null {
    if (!context) return null;
    try {
      context.drawImage(video, 0, 0, SMALL.width, SMALL.height);
      return brightness(context.getImageData(0, 0, SMALL.width, SMALL.height).data);
    } catch {
      // a picture from elsewhere that may be shown and not be read: frames alone must tell
      return null;
    }
  }

  /** The picture as it stands, for the time without a stream. */
  function keep(): void {
    const video = options.video.value;
    const canvas = options.poster.value;
    if (!player || !video || !canvas || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth)
      return;
    canvas.width = Math.min(POSTER, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
    kept.value = true;
  }

  watch(
    () => (options.playing() ? options.url() : null),
    (url) => {
      if (url) void start(url);
      else stop();
    },
    { flush: 'post', immediate: true },
  );
  // the template's own element goes with the component: the picture needs no keeping
  onBeforeUnmount(() => {
    turn += 1;
    if (timer) clearInterval(timer);
    player?.destroy();
    player = null;
  });
  return { state, kept };
}
