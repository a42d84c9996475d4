import autocannon from 'autocannon';
import type { HttpLoadSample, HttpLoadSpec } from './load-spec.ts';

/** A process that fires one kind of request at a server: told what, it tells what came of it. */
process.once('message', ({ url, connections, seconds, token, body }: HttpLoadSpec) => {
  void autocannon({
    url,
    connections,
    duration: seconds,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { method: 'POST', body }),
  }).then(({ requests, latency, errors, timeouts, non2xx }) => {
    const hit: HttpLoadSample = {
      requests: requests.total,
      perSecond: requests.average,
      p50: latency.p50,
      p99: latency.p99,
      failed: errors + timeouts + non2xx,
    };
    process.send?.(hit, () => process.exit(0));
  });
});
