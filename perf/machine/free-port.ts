import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which outgoing connections get theirs, so that nobody takes it while a server is between two runs. */
const [LOW, HIGH] = [20_000, 32_000];
const ATTEMPTS = 50;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });

/** A port for a server that is started again at the same address. Named from the first run on: sockets of a run on
 *  port 0 lack the reuse flag, and while the kernel still holds them the port can't be bound by number. Also for programs that
 *  can't choose one by themselves. */
export const freePort = async (): Promise<number> => {
  for (let i = 0; i < ATTEMPTS; i += 1) {
    const port = randomInt(LOW, HIGH);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found from ${LOW} to ${HIGH}`);
};
