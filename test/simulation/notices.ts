import { noticeOfCommit } from '../../server/actors/announce.ts';
import { edge } from '../../server/actors/services/edge.ts';
import { notices, type NoticesMessage } from '../../server/actors/services/notices.ts';
import { HostNotices } from '../../server/notifier/host-notices.ts';
import { kindOf } from '../../server/runtime/address.ts';
import type { Host } from '../../server/runtime/host.ts';
import type { Life } from './scheduler.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

const SECRET = 'the secret that all simulated hosts share';

interface WriterThread {
  readonly thread: Pick<Host, 'serve' | 'tell' | 'clock'>;
  readonly life: Life;
  readonly restarts: number;
}

interface WriterNotices {
  /** See `HostNotices`. */
  omit(): void;
  tell(...committed: Parameters<typeof noticeOfCommit>): void;
}

/** What the writer's thread does with notices, as `writer.ts` composes it; only the broker is played. */
export const exchangeNotices = (
  world: World,
  host: SimHost,
  { thread, life, restarts }: WriterThread,
): WriterNotices => {
  const exchange = new HostNotices({
    clock: thread.clock,
    life: restarts,
    secret: SECRET,
    isOff: false,
    open: (events) => world.broker.open(host, life, events),
    onNotice: (notice) => {
      thread.tell(edge, { type: 'notice', notice });
    },
    onMissed: ({ reason }) => {
      host.note(`may have missed something: ${reason}`);
      if (world.plan.bug !== 'no-reconciliation') thread.tell(edge, { type: 'reconcile' });
    },
    onState: () => undefined,
    onLook: (state) => {
      thread.tell(edge, { type: 'broker', broker: state });
    },
  });
  thread.serve(kindOf(notices.address), (message: NoticesMessage) => {
    if (message.type === 'publish') exchange.publish(message.notice);
    else exchange.hosts(message.hostId, message.others);
  });
  return {
    omit: () => {
      exchange.omit();
    },
    tell: (write, outcome) => {
      const notice = noticeOfCommit(write, outcome);
      if (notice !== null) exchange.publish(notice);
    },
  };
};
