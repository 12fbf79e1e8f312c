import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_BROKER, showProblem } from '@citywall/pack-schema';
import { auditVerdictOf } from '../../backup/state-report.repository.js';
import { withoutSecrets } from '../../config/index.js';
import { type Broker, readBrokers } from '../../feeds/brokers.js';
import { STATE_FORMAT } from '../../state/state.repository.js';
import type { Command, Surroundings } from '../command.js';
import { probeBroker } from '../doctor/broker.gateway.js';
import { about, type Finding } from '../doctor/finding.js';
import { findInstallation, type Installation, versionOf } from '../doctor/installation.js';
import { judgeBroker } from '../doctor/judge-broker.js';
import { judgeAudit, judgeBackup, judgeClock } from '../doctor/judge-house.js';
import { judgeRedis } from '../doctor/judge-redis.js';
import { judgeMachine } from '../doctor/machine.js';
import { probeRedis } from '../doctor/redis.repository.js';
import { openWorkspace, type Workspace } from '../workspace.js';
import { plural } from './check.js';

export const doctorCommand: Command = {
  name: 'doctor',
  usage: 'doctor [--json] [--no-publish]',
  summary:
    'Look at brokers, Redis, disk, clock, limits, audit, backups and packs: what each promises, and what to do. --no-publish: no test message at the brokers.',
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: { json: { type: 'boolean' }, 'no-publish': { type: 'boolean' } },
    });
    const installation = findInstallation(io);
    const workspace = await openWorkspace([], io);
    const findings = [
      ...judgeServer(installation),
      ...(await judgeMachine(installation.dataDir)),
      ...judgeClock(),
      ...(await lookAtRedis(installation)),
      ...(await lookAtAudit(installation)),
      ...judgeBackup(installation.dataDir, io.now()),
      ...(await lookAtBrokers(installation, workspace, io, values['no-publish'] !== true)),
      ...judgePacks(workspace),
    ];
    const healthy = findings.every(({ verdict }) => verdict !== 'fail');
    if (values.json) io.out(JSON.stringify({ healthy, findings }, null, 2));
    else print(findings, io);
    return healthy ? 0 : 1;
  },
};

function print(findings: readonly Finding[], io: Surroundings): void {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  for (const { subject, verdict, says, advice } of findings) {
    io.out(`${verdict.padEnd(4)}  ${subject.padEnd(width)}  ${says}${advice === undefined ? '' : ` → ${advice}`}`);
  }
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  io.out(`${plural(count('fail'), 'failure')}, ${plural(count('warn'), 'warning')}`);
}

function judgeServer({ server, dataDir }: Installation): Finding[] {
  const { findings, ok, note } = about('server');
  if (server === null) note(`no server of \`npm start\` runs on ${dataDir}`);
  else ok(`runs as process ${server} on ${dataDir}`);
  return findings;
}

async function lookAtRedis({ redis: { url, own } }: Installation): Promise<Finding[]> {
  const { findings, note, warn, fail } = about('redis');
  if (url === null) {
    const version = versionOf('redis-server', ['--version']);
    if (version === null)
      warn('the private Redis does not run, and redis-server is not installed', 'npm start installs it');
    else
      note(
        `the private Redis does not run (${version.slice(0, 30).trim()}): npm start runs it with appendonly yes, appendfsync always, noeviction`,
      );
    return findings;
  }
  try {
    return judgeRedis(withoutSecrets(url), await probeRedis(url), STATE_FORMAT);
  } catch (error) {
    fail(
      `${withoutSecrets(url)}: ${(error as Error).message}`,
      own ? 'see DATA_DIR/logs/redis.log' : 'start it, or correct CITYWALL_REDIS_URL',
    );
    return findings;
  }
}

async function lookAtAudit({ redis: { url }, dataDir }: Installation): Promise<Finding[]> {
  if (url === null) return judgeAudit(null);
  return judgeAudit(await auditVerdictOf(url, join(dataDir, 'archive')).catch(() => null));
}

async function lookAtBrokers(
  installation: Installation,
  workspace: Workspace,
  io: Surroundings,
  publish: boolean,
): Promise<Finding[]> {
  const { url, own } = installation.broker;
  const { brokers, problems } = readBrokers(installation.packsDir, url ?? '', io.env);
  const file = about('brokers.yaml');
  for (const problem of problems) file.fail(showProblem(problem));
  const feeds = feedsByBroker(workspace);
  for (const [name, users] of feeds) {
    if (!brokers.has(name))
      file.fail(`${users.names.join(', ')} name the broker ${name}, which is not there`, 'add it');
  }
  const looked = await Promise.all(
    [...brokers].map(async ([name, broker]) => {
      const isOwn = name === DEFAULT_BROKER && own;
      if (broker.url === '') return absentBroker();
      const { findings, note, fail } = about(`broker ${name}`);
      const shown = withoutSecrets(broker.url);
      if (!feeds.has(name)) note('no feed reads from it');
      const shares = broker.share !== undefined || (feeds.get(name)?.shares ?? false);
      try {
        const context = { shown, own: isOwn, autosave: installation.autosave, shares, now: io.now() };
        return [...findings, ...judgeBroker(name, broker, await probeBroker(broker, publish), context)];
      } catch (error) {
        fail(`${shown}: ${(error as Error).message}`, adviceFor(error as NodeJS.ErrnoException, broker, isOwn));
        return findings;
      }
    }),
  );
  return [...file.findings, ...looked.flat()];
}

function absentBroker(): Finding[] {
  const { findings, note, warn } = about(`broker ${DEFAULT_BROKER}`);
  const version = versionOf('mosquitto', ['-h']);
  if (version === null)
    warn('the private broker does not run, and mosquitto is not installed', 'npm start installs it');
  else note(`the private broker does not run (${version}): npm start runs it with persistence on`);
  return findings;
}

function adviceFor({ message, code }: NodeJS.ErrnoException, broker: Broker, own: boolean): string {
  if (own) return 'see DATA_DIR/logs/mosquitto.log';
  if (/not authorized|bad user|identifier/i.test(message))
    return 'check username, password and the broker’s access list';
  if (/self.signed|unable to verify|unable to get|issuer/i.test(message))
    return 'name the authority by ca: in brokers.yaml';
  if (/altname|does not match/i.test(message)) return 'say the name in its certificate by serverName: in brokers.yaml';
  if (/certificate|handshake|alert/i.test(message) && !broker.cert) return 'the broker may want cert: and key:';
  if (code === 'ECONNRESET' && /^(mqtts|wss):/.test(broker.url)) return 'does this port speak TLS?';
  if (code === 'ENOTFOUND') return 'the name is not known to the network: check the address';
  return 'start it, or correct its address; the server tries on for ever';
}

/** Which feeds read from which broker, and whether any asks for a share. */
function feedsByBroker({ loaded }: Workspace): Map<string, { names: string[]; shares: boolean }> {
  const found = new Map<string, { names: string[]; shares: boolean }>();
  for (const { pack } of loaded.values()) {
    for (const feed of pack?.feeds ?? []) {
      const name = feed.broker ?? DEFAULT_BROKER;
      const entry = found.get(name) ?? { names: [], shares: false };
      found.set(name, entry);
      entry.names.push(`${pack?.id}/${feed.id}`);
      entry.shares ||= feed.share !== undefined || [feed.topic].flat().some((topic) => topic.startsWith('$share/'));
    }
  }
  return found;
}

function judgePacks({ loaded }: Workspace): Finding[] {
  const { findings, ok, fail } = about('packs');
  const good = [...loaded.values()].filter(({ problems }) => problems.length === 0);
  if (good.length > 0) ok(`${good.map(({ id }) => id).join(', ')}: no problems`);
  for (const { id, problems } of loaded.values()) {
    const [first] = problems;
    if (first) fail(`${id}: ${showProblem(first)}`, `npm run citywall -- check tells all ${problems.length}`);
  }
  return findings;
}
