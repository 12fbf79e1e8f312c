import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './services.js';

const ROOT = join(import.meta.dirname, '../..');

/** The whole house as `npm start` makes it: services, server and simulator under one launcher. */
export interface House {
  url: string;
  dataDir: string;
  /** everything the launcher printed so far */
  output(): string;
  /** Pid of a child of the launcher: `server`, `simulate`, `redis`, `mosquitto`. */
  pidOf(name: string): number;
  stop(): Promise<void>;
}

/** Starts it on free ports; resolves with the ready line. */
export async function startHouse(dataDir: string, env: Record<string, string> = {}): Promise<House> {
  let output = '';
  const launcher: ChildProcess = spawn(process.execPath, [join(ROOT, 'scripts/start.mjs')], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      CITYWALL_PORT: String(await freePort()),
      CITYWALL_MQTT_PORT: String(await freePort()),
      CITYWALL_DATA_DIR: dataDir,
      CITYWALL_LOG_LEVEL: 'warn',
      ...env,
    },
  });
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (text: string) => {
      output += text;
      const match = /CityWall ready at (\S+) \(mqtt:/.exec(output);
      if (match?.[1]) resolve(match[1]);
    };
    launcher.stdout?.setEncoding('utf8').on('data', listen);
    launcher.stderr?.setEncoding('utf8').on('data', listen);
    launcher.once('exit', (code) => reject(new Error(`launcher ended with ${code}:\n${output}`)));
  });
  return {
    url,
    dataDir,
    output: () => output,
    pidOf: (name) => (JSON.parse(readFileSync(join(dataDir, 'run', `${name}.json`), 'utf8')) as { pid: number }).pid,
    async stop() {
      if (launcher.exitCode !== null) return;
      const gone = new Promise((resolve) => launcher.once('exit', resolve));
      launcher.kill('SIGTERM');
      await gone;
    },
  };
}
