/** Length of the repeated pattern of a red alarm, s. */
const PATTERN_S = 1.6;
const LEVEL = 0.22;

/** Makes the two tones of the desk with the browser's own means: no file, nothing to load, nothing that can be missing. */
export class Speaker {
  private context: AudioContext | null = null;
  private loop: AudioBufferSourceNode | null = null;

  /** Opens the way to the loudspeaker; a browser refuses before somebody has pressed something. */
  open(): void {
    if (typeof AudioContext === 'undefined') return;
    this.context ??= new AudioContext();
    if (this.context.state !== 'running') this.context.resume().catch(() => {});
  }

  /** Nothing can be heard. */
  get blocked(): boolean {
    return this.context?.state !== 'running';
  }

  /** Two falling tones, again and again, until told otherwise. */
  urgent(on: boolean): void {
    const { context } = this;
    if (!on || context === null || context.state !== 'running') {
      this.loop?.stop();
      this.loop = null;
      return;
    }
    if (this.loop !== null) return;
    const source = context.createBufferSource();
    source.buffer = pattern(context);
    source.loop = true;
    source.connect(context.destination);
    source.start();
    this.loop = source;
  }

  /** One soft note. */
  chime(): void {
    const { context } = this;
    if (context === null || context.state !== 'running') return;
    const [tone, gain, now] = [context.createOscillator(), context.createGain(), context.currentTime];
    tone.frequency.value = 660;
    gain.gain.setValueAtTime(LEVEL, now);
    gain.gain.exponentialRampToValueAtTime(0.001, now + 0.9);
    tone.connect(gain).connect(context.destination);
    tone.start(now);
    tone.stop(now + 0.9);
  }

  close(): void {
    this.urgent(false);
    this.context?.close().catch(() => {});
    this.context = null;
  }
}

/** 988 Hz, then 740 Hz, a quarter of a second each, then silence: one buffer that loops, so that no timer is needed. */
function pattern(context: AudioContext): AudioBuffer {
  const rate = context.sampleRate;
  const buffer = context.createBuffer(1, Math.round(PATTERN_S * rate), rate);
  const samples = buffer.getChannelData(0);
  for (const [at, frequency] of [
    [0, 988],
    [0.28, 740],
    [0.56, 988],
  ] as const)
    for (let n = 0; n < 0.25 * rate; n++) {
      const seconds = n / rate;
      const edge = Math.min(1, seconds / 0.01, (0.25 - seconds) / 0.03);
      samples[Math.round(at * rate) + n] = LEVEL * edge * Math.sin(2 * Math.PI * frequency * seconds);
    }
  return buffer;
}
