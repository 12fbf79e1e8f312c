import Hls, {
  type ErrorData,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
} from 'hls.js/light';
import { LoadGate } from './loadGate.js';

/** One stream in one video element, until it is destroyed. */
export interface Player {
  /** time of the picture shown, as the stream tells it; null where it does not */
  pictureAt(): number | null;
  destroy(): void;
}

export interface PlayerEvents {
  /** no picture comes; none: the server has no such stream */
  failed(none: boolean): void;
}

/** Four of the six connections to one server: two are left for the wall's own requests. */
const gate = new LoadGate(4);

type LoaderClass = new (config: typeof Hls.DefaultConfig) => Loader<LoaderContext>;

/** hls.js's own loader, behind the gate. Its time limit begins when it does, not while it waits. */
class GatedLoader extends (Hls.DefaultConfig.loader as LoaderClass) {
  #leave: (() => void) | null = null;

  override load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
    const over =
      <A extends unknown[]>(then: ((...args: A) => void) | undefined) =>
      (...args: A) => {
        this.#over();
        then?.(...args);
      };
    const wrapped: LoaderCallbacks<LoaderContext> = {
      ...callbacks,
      onSuccess: over(callbacks.onSuccess),
      onError: over(callbacks.onError),
      onTimeout: over(callbacks.onTimeout),
    };
    this.#leave = gate.enter(new URL(context.url, location.href).origin, () => super.load(context, config, wrapped));
  }

  override abort(): void {
    super.abort();
    this.#over();
  }

  override destroy(): void {
    super.destroy();
    this.#over();
  }

  #over(): void {
    this.#leave?.();
    this.#leave = null;
  }
}

/** Tries once: when to try again is the tile's business. */
const ONCE = {
  default: {
    maxTimeToFirstByteMs: 8_000,
    maxLoadTimeMs: 12_000,
    timeoutRetry: null,
    errorRetry: null,
  },
};

export function play(video: HTMLVideoElement, url: string, events: PlayerEvents): Player {
  const hls = new Hls({
    // a worker would need `worker-src blob:` in the content security policy
    enableWorker: false,
    loader: GatedLoader as never,
    manifestLoadPolicy: ONCE,
    // close to now, and little kept: twenty tiles share one memory
    liveSyncDurationCount: 2,
    liveMaxLatencyDurationCount: 6,
    maxBufferLength: 8,
    maxMaxBufferLength: 12,
    backBufferLength: 4,
    maxLiveSyncPlaybackRate: 1.1,
  });
  let recovered = false;
  let over = false;
  const fail = (none: boolean) => {
    if (over) return;
    over = true;
    events.failed(none);
  };
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    fail(isAbsent(data));
  });
  hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) => {
    // with EXT-X-ENDLIST the server says that the stream is over: what it would still play is no picture of now
    if (!details.live) fail(false);
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  // muted video may always begin by itself; a refusal is a stop of ours
  video.play().catch(() => {});
  return {
    pictureAt: () => hls.playingDate?.getTime() ?? null,
    destroy() {
      over = true;
      hls.destroy();
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** Not there (404, 410), or an answer without content: the server knows of no such stream. */
function isAbsent(data: ErrorData): boolean {
  if (data.response?.code === 404 || data.response?.code === 410) return true;
  return (
    data.details === Hls.ErrorDetails.MANIFEST_PARSING_ERROR &&
    (data.networkDetails as XMLHttpRequest | undefined)?.status === 204
  );
}
