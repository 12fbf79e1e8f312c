/**
 * Programs from the system's package manager, where that needs no question: Debian and Ubuntu as root, Homebrew.
 * A package that brings a service must not start it, now or at boot: CityWall runs its own private processes.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Stop } from './messages.mjs';
import { findProgram, lastLines, looksOffline, run } from './programs.mjs';

/** @returns {'apt' | 'brew' | null} what can install packages here without asking anybody */
export function systemInstaller() {
  if (findProgram('apt-get') && process.getuid?.() === 0) return 'apt';
  if (findProgram('brew') && process.getuid?.() !== 0) return 'brew';
  return null;
}

/**
 * The command that a person types where we may not install ourselves.
 * @param {{ debian: readonly string[], brew: readonly string[] }} packages
 */
export function installAdvice(packages) {
  if (findProgram('apt-get')) return `sudo apt-get update && sudo apt-get install -y ${packages.debian.join(' ')}`;
  if (process.platform === 'darwin') return `brew install ${packages.brew.join(' ')} (Homebrew: brew.sh)`;
  return `Install ${packages.debian.join(' and ')} with this system's package manager.`;
}

const LISTS = '/var/lib/apt/lists';
const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_ASIDE = '/usr/sbin/policy-rc.d.before-citywall';
const OUR_POLICY =
  '#!/bin/sh\n# Written by CityWall while it installs packages, so that they start no service. Removed afterwards.\nexit 101\n';
const APT_OPTIONS = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=180', '-o', 'Acquire::Retries=3'];

/**
 * Installs Debian packages; the services they bring are neither started nor enabled.
 * @param {readonly string[]} packages
 * @param {(text: string) => void} progress
 */
export async function aptInstall(packages, progress) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const before = unitFiles();
  const policy = holdServices();
  try {
    let updated = aptListsPresent() ? '' : await aptUpdate(env, progress);
    let done = await aptGet(packages, env, progress);
    // Lists of last month name files that are gone.
    if (
      done.code !== 0 &&
      /Unable to locate package|no installation candidate|404 +Not Found|Unable to fetch/.test(done.output)
    ) {
      updated ||= await aptUpdate(env, progress);
      done = await aptGet(packages, env, progress);
    }
    if (done.code !== 0) {
      const offline = looksOffline(updated + done.output);
      throw new Stop(
        offline ? 'no-network' : 'install-failed',
        `${packages.join(' ')} could not be installed${offline ? ', because the package archive cannot be reached' : ''}:\n${lastLines(done.output, 6)}`,
        `apt-get update && apt-get install -y ${packages.join(' ')}`,
      );
    }
    await disableUnits([...unitFiles()].filter((unit) => !before.has(unit)));
  } finally {
    policy.release();
  }
}

/** @param {readonly string[]} packages @param {NodeJS.ProcessEnv} env @param {(text: string) => void} progress */
const aptGet = (packages, env, progress) =>
  run('apt-get', ['install', ...APT_OPTIONS, ...packages], {
    env,
    ownGroup: true,
    onLine: (line) => {
      const step = /^(?:Get:(\d+)|Unpacking (\S+)|Setting up (\S+))/.exec(line);
      if (step) progress(step[1] ? `${step[1]} fetched` : step[2] ? `unpacking ${step[2]}` : `setting up ${step[3]}`);
    },
  });

/**
 * Without a network it prints warnings and ends with 0; the installation that follows fails for want of a list.
 * @param {NodeJS.ProcessEnv} env
 * @param {(text: string) => void} progress
 * @returns {Promise<string>} what it printed
 */
async function aptUpdate(env, progress) {
  progress('apt-get update');
  const { output } = await run('apt-get', ['update', '-q', '-o', 'Acquire::Retries=3'], { env });
  return output;
}

/** Whether apt knows any package; fresh containers come without lists. */
function aptListsPresent() {
  try {
    return readdirSync(LISTS).some((file) => /_Packages(\.\w+)?$/.test(file));
  } catch {
    return false;
  }
}

/**
 * Tells Debian's maintainer scripts to start no service, until released. A policy of the machine's own is put back.
 * @returns {{ release: () => void }}
 */
function holdServices() {
  // One of ours that is still there is from a run that was killed in between.
  if (existsSync(POLICY) && readFileSync(POLICY, 'utf8') === OUR_POLICY) releaseServices();
  if (existsSync(POLICY)) renameSync(POLICY, POLICY_ASIDE);
  writeFileSync(POLICY, OUR_POLICY);
  chmodSync(POLICY, 0o755);
  process.once('exit', releaseServices);
  return {
    release() {
      process.removeListener('exit', releaseServices);
      releaseServices();
    },
  };
}

function releaseServices() {
  rmSync(POLICY, { force: true });
  if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
}

/** Service units on this machine, to tell those that an installation brought. */
function unitFiles() {
  const units = new Set();
  for (const dir of ['/lib/systemd/system', '/usr/lib/systemd/system']) {
    try {
      for (const file of readdirSync(dir)) if (/\.service$/.test(file) && !file.includes('@')) units.add(file);
    } catch {
      // No systemd here.
    }
  }
  return units;
}

/** @param {readonly string[]} units units that this run brought; others are the machine's own business */
async function disableUnits(units) {
  const wanted = units.filter((unit) => /^(redis|valkey|mosquitto)/.test(unit));
  if (wanted.length === 0 || !findProgram('systemctl')) return;
  await run('systemctl', ['disable', '--quiet', ...wanted], { timeoutMs: 30_000 }).catch(() => undefined);
}

/**
 * @param {readonly string[]} formulas
 * @param {(text: string) => void} progress
 */
export async function brewInstall(formulas, progress) {
  const done = await run('brew', ['install', '--quiet', ...formulas], {
    env: { ...process.env, HOMEBREW_NO_AUTO_UPDATE: '1', NONINTERACTIVE: '1' },
    onLine: (line) => progress(line.slice(0, 60)),
  });
  if (done.code !== 0) {
    throw new Stop(
      looksOffline(done.output) ? 'no-network' : 'install-failed',
      `brew could not install ${formulas.join(' ')}:\n${lastLines(done.output, 6)}`,
      `brew install ${formulas.join(' ')}`,
    );
  }
}
