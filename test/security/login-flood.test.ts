import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { quantile } from '../support/crowd.ts';
import { http } from '../support/http-client.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { say } from '../support/say.ts';
import { count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** S-5: password hashes are the dearest thing that anybody may ask for. */
const LOGINS = scaled({ sample: 60, long: 360 });
const MESSAGES = scaled({ sample: 50, long: 500 });
const MIB = 1024 * 1024;

const server = await ServerProcess.start(
  { after },
  { PARLEY_METRICS_PORT: '0', PARLEY_LOGIN_MAX_FAILURES: '1000000' },
);
const metrics = await metricsUrl(server);
const [ada, ben] = await twoPeople({ after }, server);

test('[P8][P9] a flood of logins: messages go on, what is too much is 503, memory stays', async (t) => {
  const [a] = await Promise.all([ada.online(), ben.online()]);
  const talk = async (): Promise<number> => {
    const took: number[] = [];
    for (let i = 0; i < MESSAGES; i += 1) {
      const started = performance.now();
      await say(a.socket, ben, `message ${String(i)}`);
      took.push(performance.now() - started);
    }
    return quantile(took, 0.99);
  };
  const quiet = await talk();
  const before = await figureOf(metrics, 'parley_resident_memory_bytes');
  const flood = Array.from({ length: LOGINS }, (_, i) =>
    http('POST', `${server.url}/auth/login`, {
      body: {
        username: i % 4 === 0 ? ada.username : freshName('nobody'),
        password: i % 8 === 0 ? PASSWORD : 'Wrong-Horse-77',
      },
    }).then(({ status }) => status),
  );
  const beside = await talk();
  const read = await ben.http('GET', '/conversations');
  assert.equal(read.status, 200);
  const statuses = await Promise.all(flood);
  const grown = ((await figureOf(metrics, 'parley_resident_memory_bytes')) - before) / MIB;
  const by: Record<string, number> = {};
  for (const status of statuses) by[status] = (by[status] ?? 0) + 1;
  count(t, 'S-5', {
    logins: LOGINS,
    ...by,
    p99QuietMs: quiet.toFixed(1),
    p99BesideMs: beside.toFixed(1),
    grownMiB: grown.toFixed(0),
  });
  assert.deepEqual(
    Object.keys(by).filter((status) => !['200', '401', '503'].includes(status)),
    [],
  );
  assert.ok((by['200'] ?? 0) > 0 && (by['401'] ?? 0) > 0);
});
