import type { Directory } from '../../server/runtime/directory.ts';
import type { ThreadName } from '../../server/runtime/address.ts';
import type { Envelope, SendOutcome } from '../../server/runtime/envelope.ts';
import { Host } from '../../server/runtime/host.ts';
import { openLog } from '../../server/runtime/log/log.ts';
import { ManualClock } from './manual-clock.ts';
import { SequenceIds } from './sequence-ids.ts';

export const silentLog = openLog('silent', 'test');

/** A host whose time moves only when told, and what it sent to other threads. Messages are cloned on the way, as a port would,
 *  so that nothing in a test rests on shared objects. */
export const manualHost = (
  directory: Directory = () => 'edge',
  route: (thread: ThreadName) => SendOutcome = () => 'sent',
): {
  host: Host;
  clock: ManualClock;
  ids: SequenceIds;
  routed: { thread: ThreadName; envelope: Envelope }[];
} => {
  const clock = new ManualClock();
  const ids = new SequenceIds();
  const routed: { thread: ThreadName; envelope: Envelope }[] = [];
  const host = new Host({
    thread: 'edge',
    directory,
    sendToThread: (thread, envelope) => {
      const sent = route(thread);
      if (sent === 'sent') routed.push({ thread, envelope: structuredClone(envelope) });
      return sent;
    },
    clock,
    ids,
    log: silentLog,
    asksLimit: 8,
  });
  return { host, clock, ids, routed };
};
