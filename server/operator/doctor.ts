import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Config } from '../config/config.ts';
import { fullBelow, lowBelow } from '../edge/ops/disk-watch.ts';
import type { Clock } from '../runtime/clock.ts';
import { diskUsage } from '../storage/data-dir/disk-usage.ts';
import { databasePath } from '../storage/sqlite/open.ts';
import type { Operator, ServerFigures } from './operator.ts';
import type { Answer } from './requests.ts';

export type Finding = Answer<'doctor'>['findings'][number];

const MIB = 1024 * 1024;
/** Each connection is an open file, and so are the files of the database. */
const OPEN_FILES_MIN = 4_096;
/** The clock may have been a little ahead when a file was written. */
const CLOCK_SLACK_MS = 60_000;

const finding =
  (check: string) =>
  (level: Finding['level'], message: string): Finding => ({ check, level, message });

/** Looks at what goes wrong at other places, and says what to change. Changes nothing. */
export const examine = async (operator: Operator, clock: Clock): Promise<Answer<'doctor'>> => {
  const { config } = operator;
  const figures = operator.figures?.() ?? null;
  return {
    findings: [
      permissions(operator.dataDir),
      await disk(operator.dataDir),
      systemClock(config.database === null ? operator.dataDir : null, clock.now()),
      openFiles(),
      nodeVersion(process.versions.node, clock.now()),
      ...backups(config, figures, clock.now()),
      ...proxies(config, figures),
      origins(config),
      ...pushes(config, figures),
    ],
  };
};

const permissions = (dataDir: string): Finding => {
  const say = finding('permissions');
  // Windows has no such modes.
  if (process.platform === 'win32') return say('ok', 'not checked on this system');
  const open = ['.', ...readdirSync(dataDir).filter((name) => /^parley\.db|\.key$/.test(name))].filter(
    (name) => (statSync(join(dataDir, name), { throwIfNoEntry: false })?.mode ?? 0) & 0o077,
  );
  if (open.length === 0) return say('ok', 'only the account of the server can read the data');
  return say(
    'fault',
    `Others can read ${open.join(', ')} in ${dataDir}: run chmod 700 on the directory and chmod 600 on the files.`,
  );
};

const disk = async (dataDir: string): Promise<Finding> => {
  const say = finding('disk');
  const { freeBytes, totalBytes, databaseBytes } = await diskUsage(dataDir);
  const free = `${String(Math.floor(freeBytes / MIB))} MB are free on the disk of ${dataDir}`;
  if (freeBytes < fullBelow(totalBytes))
    return say('fault', `${free}: messages are refused, or soon will be. Make room now.`);
  if (freeBytes < databaseBytes + 64 * MIB)
    return say(
      'warning',
      `${free}: too little for a backup, which first needs a copy of the database there.`,
    );
  if (freeBytes < lowBelow(totalBytes)) return say('warning', `${free}. Make room soon.`);
  return say('ok', free);
};

/** `dataDir`: of a database file; null where a database server dates what is stored. */
const systemClock = (dataDir: string | null, now: number): Finding => {
  const say = finding('clock');
  const says = `the clock says ${new Date(now).toISOString()}`;
  if (dataDir === null) return say('ok', `${says}; messages are dated by the database`);
  const written = statSync(databasePath(dataDir)).mtimeMs;
  if (written > now + CLOCK_SLACK_MS)
    return say(
      'fault',
      'The clock is behind the time at which the database was last written. Set it, and run NTP.',
    );
  return say('ok', says);
};

const openFiles = (): Finding => {
  const say = finding('open files');
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const limit = report.userLimits?.open_files?.soft;
  if (limit === undefined || limit === 'unlimited') return say('ok', 'no limit');
  if (Number(limit) >= OPEN_FILES_MIN) return say('ok', `${String(limit)} at most`);
  return say(
    'warning',
    `This process may open ${String(limit)} files, which limits connections: set LimitNOFILE=65536 in the unit file, or ulimit -n.`,
  );
};

/** The last day of maintenance of each version that Parley runs on. */
const MAINTAINED_UNTIL: Readonly<Record<string, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
};

export const nodeVersion = (version: string, now: number): Finding => {
  const say = finding('Node.js');
  const major = version.split('.')[0] ?? '';
  const until = MAINTAINED_UNTIL[major];
  if (until === undefined)
    return say('warning', `Node.js ${version} is not a version that Parley is tested with.`);
  if (Date.parse(until) > now) return say('ok', `${version}, maintained until ${until}`);
  return say('warning', `Node.js ${version} gets no security fixes since ${until}: install 24.`);
};

const backups = (config: Config, figures: ServerFigures | null, now: number): readonly Finding[] => {
  const say = finding('backups');
  if (config.backups === null && config.database !== null)
    return [
      say(
        'ok',
        'There is no schedule here: the one of another host, or PostgreSQL’s own tools, may make them.',
      ),
    ];
  if (config.backups === null)
    return [say('warning', 'There is no schedule. Set PARLEY_BACKUP_DIR to a folder on another disk.')];
  const { dir, everyMs } = config.backups;
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code !== 'ENOENT') return [say('fault', `PARLEY_BACKUP_DIR ${dir} can't be written (${code}).`)];
  }
  const last = figures?.lastProvenBackupAt ?? null;
  const isSameDisk = statSync(dir, { throwIfNoEntry: false })?.dev === statSync(config.dataDir).dev;
  const remarks = isSameDisk
    ? [
        say(
          'warning',
          `${dir} is on the disk of the data directory: one broken disk takes both. Use another one.`,
        ),
      ]
    : [];
  if (figures === null)
    return [...remarks, say('ok', 'the last proven one is known to a running server only')];
  if (last === null) return [...remarks, say('warning', 'None has been proven yet.')];
  const isLate = now - last > 2 * everyMs;
  const when = `the last proven one was made ${new Date(last).toISOString()}`;
  return [
    ...remarks,
    say(isLate ? 'fault' : 'ok', isLate ? `${when}: the log says why, under backup.failed.` : when),
  ];
};

const proxies = (config: Config, figures: ServerFigures | null): readonly Finding[] => {
  const say = finding('proxy');
  const found = figures?.proxyFaults ?? [];
  if (found.length > 0) return found.map((fault) => say('fault', fault));
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(config.host);
  if (!isLoopback && config.trustProxy.length === 0)
    return [
      say(
        'warning',
        `The server listens on ${config.host} without a proxy: passwords travel unencrypted. See docs/proxies.md.`,
      ),
    ];
  return [say('ok', config.trustProxy.length > 0 ? 'trusted as PARLEY_TRUST_PROXY says' : 'none is trusted')];
};

/** Nothing is said where none are sent. */
const pushes = ({ push }: Config, figures: ServerFigures | null): readonly Finding[] => {
  if (push === null) return [];
  const say = finding('pushes');
  const { accepted = 0, failed = 0 } = figures?.pushes ?? {};
  if (failed > accepted)
    return [
      say(
        'warning',
        `${String(failed)} pushes failed since the start, and ${String(accepted)} were accepted: the log says why, under push.failed.`,
      ),
    ];
  if (push.allowed.length > 0)
    return [say('ok', `users may have pushes sent to ${push.allowed.join(', ')} in your network`)];
  return [say('ok', 'push services on the internet get them')];
};

const origins = ({ allowedOrigins }: Config): Finding => {
  const say = finding('origins');
  const plain = allowedOrigins.filter((origin) => /^http:\/\/(?!127\.|localhost|\[::1\])/.test(origin));
  if (plain.length === 0) return say('ok', 'PARLEY_ALLOWED_ORIGINS names no unencrypted address');
  return say(
    'warning',
    `PARLEY_ALLOWED_ORIGINS names ${plain.join(', ')}: pages from there are not encrypted.`,
  );
};
