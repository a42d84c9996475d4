import { createServer } from 'node:net';
import { DESKTOP_PORT } from '../../server/protocol/desktop-origin.ts';
import { eventually } from './eventually.ts';

const isFree = (): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port: DESKTOP_PORT, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });

/** The app has one port, and so has every test that runs it: another run may have it for a while. */
export const desktopPortFree = (): Promise<void> =>
  eventually('the port of the app to be free', isFree, 120_000);
