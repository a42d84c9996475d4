import type { Registry } from 'prom-client';
import type { Host } from '../../runtime/host.ts';
import { FrameTimes } from './frame-times.ts';
import { ThreadFigures } from './thread-figures.ts';

/** What the live inspector shows of this host. */
export class Inspected {
  /** The name of this host. */
  readonly host: string;
  readonly threads: ThreadFigures;
  readonly frames: FrameTimes;

  /** `host`: that of the main thread. */
  constructor(hostName: string, host: Host, registry: Registry) {
    this.host = hostName;
    this.threads = new ThreadFigures(host, host.clock);
    this.frames = new FrameTimes(host.clock, [registry]);
  }
}
