import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseConfig } from '../../server/config/config.ts';
import { examine, nodeVersion } from '../../server/operator/doctor.ts';
import type { Operator, ServerFigures } from '../../server/operator/operator.ts';
import { systemClock } from '../../server/runtime/clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const HOUR = 3_600_000;

/** The findings on a data directory, by check: `level: message`. */
const examined = async (
  t: TestContext,
  {
    env = {},
    figures = null,
    spoil = () => undefined,
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly figures?: Partial<ServerFigures> | null;
    readonly spoil?: (dataDir: string) => void;
  } = {},
): Promise<Readonly<Record<string, string>>> => {
  const dataDir = join(tempDir(t), 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  writeFileSync(join(dataDir, 'parley.db'), '', { mode: 0o600 });
  spoil(dataDir);
  const parsed = parseConfig({ PARLEY_DATA_DIR: dataDir, ...env });
  assert.ok('config' in parsed);
  const told = { uptimeMs: 1, connections: 0, threads: [], proxyFaults: [], ...figures };
  const operator = { dataDir, config: parsed.config, figures: figures === null ? null : () => told };
  const { findings } = await examine(operator as unknown as Operator, systemClock);
  return Object.fromEntries(findings.map(({ check, level, message }) => [check, `${level}: ${message}`]));
};

test('a server in good order has no fault', async (t) => {
  const found = await examined(t, { figures: {} });
  assert.deepEqual(Object.keys(found), [
    ...['permissions', 'disk', 'clock', 'open files', 'Node.js', 'backups', 'proxy', 'origins'],
  ]);
  for (const check of ['permissions', 'clock', 'proxy', 'origins']) assert.match(found[check] ?? '', /^ok: /);
  assert.match(found['backups'] ?? '', /^warning: There is no schedule\. Set PARLEY_BACKUP_DIR/);
});

test('pushes are looked at where they are sent', async (t) => {
  const env = { PARLEY_PUSH_SUBJECT: 'mailto:admin@chat.example' };
  assert.match((await examined(t, { env }))['pushes'] ?? '', /^ok: push services on the internet/);
  const allowed = await examined(t, { env: { ...env, PARLEY_PUSH_ALLOW: '10.0.0.7:443' } });
  assert.match(allowed['pushes'] ?? '', /^ok: users may have pushes sent to 10\.0\.0\.7:443/);
  const figures = { pushes: { accepted: 1, failed: 2, waiting: 0 } };
  assert.match(
    (await examined(t, { env, figures }))['pushes'] ?? '',
    /^warning: 2 pushes failed .* push\.failed/,
  );
});

test('each fault is named with what to change', async (t) => {
  const open = await examined(t, {
    spoil: (dataDir) => {
      chmodSync(join(dataDir, 'parley.db'), 0o644);
    },
  });
  assert.match(open['permissions'] ?? '', /^fault: Others can read parley\.db in .*: run chmod 700/);
  const future = await examined(t, {
    spoil: (dataDir) => {
      utimesSync(join(dataDir, 'parley.db'), new Date(), new Date(Date.now() + HOUR));
    },
  });
  assert.match(future['clock'] ?? '', /^fault: The clock is behind/);
  const proxyFaults = ['Requests come with x-forwarded-for from 10.0.0.1, which is not trusted.'];
  const behind = await examined(t, { figures: { proxyFaults } });
  assert.equal(behind['proxy'], `fault: ${proxyFaults[0] ?? ''}`);
  const env = { PARLEY_HOST: '0.0.0.0', PARLEY_ALLOWED_ORIGINS: 'http://chat.example,https://chat.example' };
  const plain = await examined(t, { env });
  assert.match(plain['proxy'] ?? '', /^warning: .* passwords travel unencrypted/);
  assert.match(plain['origins'] ?? '', /^warning: .* names http:\/\/chat\.example:/);
});

test('[P11] backups: the same disk, none proven, and one that is late', async (t) => {
  const dir = tempDir(t);
  const env = { PARLEY_BACKUP_DIR: dir, PARLEY_BACKUP_EVERY: '1h' };
  const backups = async (figures: Partial<ServerFigures>) =>
    (await examined(t, { env, figures }))['backups'] ?? '';
  assert.match(await backups({ lastProvenBackupAt: null }), /^warning: None has been proven yet/);
  assert.match(await backups({ lastProvenBackupAt: Date.now() - HOUR }), /^ok: the last proven one was made/);
  assert.match(
    await backups({ lastProvenBackupAt: Date.now() - 3 * HOUR }),
    /^fault: .* under backup\.failed/,
  );
});

test('a Node.js that gets no security fixes any more, and one that nobody has tried', () => {
  const now = Date.UTC(2026, 10, 30);
  assert.deepEqual(
    ['20.19.0', '22.13.0', '24.1.0', '23.0.0'].map((version) => nodeVersion(version, now).level),
    ['warning', 'ok', 'ok', 'warning'],
  );
});
