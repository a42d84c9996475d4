import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

const skip = process.platform === 'win32' ? 'not run: it is a script for sh' : false;

test(
  'the command of the Debian package reads the settings as systemd does, and runs nothing in them',
  { skip },
  (t) => {
    const folder = tempDir(t);
    const [settings, ran, command] = ['parley.env', 'ran', 'parley'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const values = [
      ...[
        '# PARLEY_HOST=no',
        'PARLEY_PORT=8081',
        'PARLEY_HOST="::1"',
        "PARLEY_BACKUP_EVERY='6h'",
        'PATH=/nowhere',
      ],
      ...[
        `PARLEY_LOG_LEVEL=$(touch ${ran})`,
        `PARLEY_X$(touch ${ran})=1`,
        'PARLEY_SHARDS=4',
        'PARLEY_DATABASE_URL=a=b c',
      ],
    ];
    writeFileSync(settings, values.join('\n'));
    const text = readFileSync(join(repositoryRoot, 'deploy/debian/parley'), 'utf8');
    const isolated = text
      .replace('/etc/parley/parley.env', settings)
      .replace(/^exec .*$/m, 'env; echo "ARGS=$*"');
    writeFileSync(command, isolated, { mode: 0o755 });
    const env = { PATH: '/usr/bin:/bin', PARLEY_SHARDS: '0' };
    const printed = execFileSync('/bin/sh', [command, 'user', 'list'], { env, encoding: 'utf8' }).split('\n');
    for (const line of [
      ...[
        'PARLEY_PORT=8081',
        'PARLEY_HOST=::1',
        'PARLEY_BACKUP_EVERY=6h',
        `PARLEY_LOG_LEVEL=$(touch ${ran})`,
      ],
      ...[
        'PARLEY_SHARDS=0',
        'PARLEY_DATABASE_URL=a=b c',
        'PARLEY_DATA_DIR=/var/lib/parley',
        'PATH=/usr/bin:/bin',
      ],
      'ARGS=user list',
    ]) {
      assert.ok(printed.includes(line), `${line} in ${printed.join('\n')}`);
    }
    assert.throws(() => readFileSync(ran));
  },
);
