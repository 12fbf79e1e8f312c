/**
 * Programs that the tests drive: real Redis, mosquitto and Chromium, and a font with Chinese characters in it.
 */
import { existsSync } from 'node:fs';
import { Stop } from './messages.mjs';
import { findProgram, run } from './programs.mjs';
import { aptInstall, brewInstall, installAdvice, systemInstaller } from './system-packages.mjs';

/** Where Chromium may be: what the caller names, Debian's names for it, and a Mac's applications. */
function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const mac = ['Chromium', 'Google Chrome'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  return findProgram('chromium') ?? findProgram('google-chrome') ?? mac.find((path) => existsSync(path));
}

/** @returns {Promise<boolean>} whether text in Chinese has glyphs; a Mac brings them */
async function hasChineseFont() {
  if (process.platform === 'darwin') return true;
  if (existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) return true;
  if (!findProgram('fc-list')) return false;
  const { output } = await run('fc-list', [':lang=zh', 'family'], { timeoutMs: 10_000 });
  return output.trim() !== '';
}

/**
 * Installs what is missing, where that needs no question.
 * @param {(text: string) => void} progress
 * @returns {Promise<{ chromium: string }>} paths that tests cannot find by themselves; rejects with Stop `no-program`
 */
export async function installTestPrograms(progress) {
  const missing = async () => [
    ...(findProgram('redis-server') ? [] : [{ name: 'Redis', debian: 'redis-server', brew: 'redis' }]),
    ...(findProgram('mosquitto') ? [] : [{ name: 'mosquitto', debian: 'mosquitto', brew: 'mosquitto' }]),
    ...(findChromium() ? [] : [{ name: 'Chromium', debian: 'chromium', brew: 'chromium' }]),
    ...((await hasChineseFont())
      ? []
      : [{ name: 'a Chinese font', debian: 'fonts-noto-cjk', brew: 'font-noto-sans-cjk' }]),
  ];
  const wanted = await missing();
  const installer = systemInstaller();
  if (wanted.length > 0 && installer) {
    const packages = wanted.map((program) => program[installer === 'apt' ? 'debian' : 'brew']);
    progress(`installing ${packages.join(' ')}`);
    await (installer === 'apt' ? aptInstall : brewInstall)(packages, progress);
  }
  const still = wanted.length > 0 ? await missing() : [];
  const chromium = findChromium();
  if (still.length > 0 || !chromium) {
    throw new Stop(
      'no-program',
      `${still.map(({ name }) => name).join(', ')} cannot be found, and the tests need the real thing.`,
      installAdvice({ debian: still.map(({ debian }) => debian), brew: still.map(({ brew }) => brew) }),
    );
  }
  return { chromium };
}
