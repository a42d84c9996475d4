import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeExchange } from '../../server/notifier/notice-exchange.ts';
import type { Missed } from '../../server/notifier/notice-sequence.ts';
import type { Notice } from '../../server/notifier/notice.ts';
import { openNotifier } from '../../server/notifier/open-notifier.ts';
import { systemClock } from '../../server/runtime/clock.ts';
import { systemIds } from '../../server/runtime/ids.ts';
import { eventually } from '../support/eventually.ts';
import type { Scope } from '../support/temp-dir.ts';
import { TEST_BROKERS, type Way } from './test-brokers.ts';

/** A host with all of its parts, on a real broker. */
class BrokerHost {
  readonly heard: Notice[] = [];
  readonly missed: Missed[] = [];
  readonly exchange: NoticeExchange;

  constructor(scope: Scope, way: Way) {
    this.exchange = new NoticeExchange({
      clock: systemClock,
      hostId: systemIds.next(),
      life: 0,
      secret: 'a key of the operator, 32 bytes or more',
      open: (events) => openNotifier({ ...way, prefix: 'parley', clock: systemClock }, events),
      onNotice: (notice) => this.heard.push(notice),
      onMissed: (missed) => this.missed.push(missed),
      onState: () => undefined,
    });
    scope.after(() => this.exchange.close());
  }

  async misses(reason: Missed['reason'], ms = 20_000): Promise<void> {
    await eventually(`a report of ${reason}`, () => this.missed.some((each) => each.reason === reason), ms);
  }
}
/** The sequence's 2 s, and the time until it looks. */
const REPORTED_WITHIN_MS = 3_000;

for (const each of TEST_BROKERS) {
  const { name, skip } = each;
  test(
    `${name}: what is lost with the broker is reported, and nothing after it is back`,
    { skip },
    async (t) => {
      const broker = await each.start(t);
      const hosts = [new BrokerHost(t, broker.way), new BrokerHost(t, broker.way)] as const;
      const [a, b] = hosts;
      await eventually('both to hear each other', () =>
        hosts.every(
          ({ exchange: { stats } }) => stats.isHeard && stats.hosts === 1 && stats.notifier.isAlive,
        ),
      );
      const user = systemIds.next();
      a.exchange.publish({ users: [[user, 1]] });
      await eventually('a notice', () => b.heard.length === 1);
      for (const host of hosts) host.missed.length = 0;

      await broker.crash();
      a.exchange.publish({ users: [[user, 2]] });
      await Promise.all(hosts.map((host) => host.misses('own-silence', REPORTED_WITHIN_MS)));
      await broker.start();
      await Promise.all(hosts.map((host) => host.misses('connected')));
      await b.misses('gap');
      for (const host of hosts) host.missed.length = 0;
      a.exchange.publish({ users: [[user, 3]] });
      await eventually('another notice', () => b.heard.length === 2);
      assert.deepEqual(b.heard, [{ users: [[user, 1]] }, { users: [[user, 3]] }]);
      assert.deepEqual(b.missed, []);
    },
  );
}
