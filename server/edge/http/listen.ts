import { createServer } from 'node:net';
import type uWS from 'uWebSockets.js';
import { ParleyError } from '../../protocol/errors.ts';

/** Faults of a wrong PARLEY_HOST or PARLEY_PORT; others (the port is taken) pass by themselves. */
const WRONG_HOST = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EINVAL', 'EAFNOSUPPORT']);

/** Listens for HTTP and WebSockets. uWS sets SO_REUSEPORT, so a second server would silently share the port, and uWS gives no
 *  reason when it cannot listen. Therefore a plain listener tries first. uWS' exclusive mode cannot bind while connections of a
 *  killed predecessor are still closing.
 *  @throws ParleyError `bad_request` for a variable that is wrong, `unavailable` for a port that is taken; both name it */
export const listenOn = async (
  app: uWS.TemplatedApp,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<uWS.us_listen_socket> => {
  const taken = (code: string): ParleyError => {
    const reason = `port ${String(port)} on ${host} can't be had (${code})`;
    if (WRONG_HOST.has(code)) return new ParleyError('bad_request', `PARLEY_HOST: ${reason}`);
    return new ParleyError(code === 'EACCES' ? 'bad_request' : 'unavailable', `PARLEY_PORT: ${reason}`);
  };
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      reject(taken(cause.code ?? cause.message));
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
  return new Promise((resolve, reject) => {
    app.listen(host, port, (token) => {
      if (token === false) reject(taken('refused'));
      else resolve(token);
    });
  });
};
