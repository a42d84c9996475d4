import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShardActors } from '../../../server/actors/actor-registry.ts';
import { connection, type ConnectionMessage } from '../../../server/actors/connection/messages.ts';
import { edge } from '../../../server/actors/services/edge.ts';
import { Connections } from '../../../server/edge/ws/connections.ts';
import { LocationCache } from '../../../server/edge/ws/location-cache.ts';
import type { Asker, ReplyTo } from '../../../server/runtime/actor.ts';
import type { Queries } from '../../../server/storage/reads.ts';
import { manualHost } from '../../support/hosts.ts';
import { seededRandom } from '../../support/random-source.ts';
import { quietConnection } from '../../support/quiet-connection.ts';
import { settled } from '../../support/settled.ts';

const socketOf = (userId: string) => ({
  userId,
  ...{
    socketId: `socket-${userId}`,
    sessionId: `session-${userId}`,
    ipAddress: '::1',
    ipKey: 'ip',
    visible: true,
  },
  ...{ admitted: false, actor: connection(`socket-${userId}`), connection: quietConnection() },
});

/** One host at which ann and ben are connected, and a store in which ann has written to ben. What the store answers, and what the writer
 *  and the other hosts announce, arrives when the test says so: each in its own order, but not in that of the commits. */
class Stage {
  readonly #stored = { status: 'offline' as 'online' | 'offline', lastSeen: 0, blocks: false };
  readonly #host;
  readonly #connections: Connections;
  /** Of writes, of reads, and announcements. */
  readonly #lines: (() => void)[][] = [[], [], []];
  readonly told: unknown[] = [];
  readonly #isShared: boolean;

  constructor(isShared: boolean) {
    this.#isShared = isShared;
    const { host, clock, ids } = manualHost();
    this.#host = host;
    registerShardActors(host, { user: () => this.#read(() => this.#shown()) } as unknown as Queries);
    host.serve('writer', ({ input }: { readonly input: { readonly visible?: boolean } }, asker) => {
      const presence = this.#change(input.visible === true);
      this.#answer(0, asker, { kind: 'opened', cursor: 0, evicted: [], presence });
    });
    host.serve('helper', (_question, asker) => {
      this.#answer(1, asker, [{ userId: 'ann', ...this.#presence() }]);
    });
    host.serve('notices', () => undefined);
    this.#connections = new Connections({
      ...{ host, clock, ids, hostName: 'host', isShared },
      locations: new LocationCache({
        pair: () => Promise.resolve(null),
        messageLocation: () => Promise.resolve(null),
      }),
    });
    for (const userId of ['ann', 'ben']) {
      const live = socketOf(userId);
      host.adopt<ConnectionMessage>(
        live.actor,
        { kind: 'connection', mailboxLimit: 100, idleMs: 0 },
        {
          receive: (message) => {
            if (userId === 'ben' && message.type === 'ephemeral') this.#hear(message);
          },
        },
      );
      this.#connections.opened(live);
    }
    this.#connections.admitted('ann', 'socket-ann');
  }

  /** What ben sees of ann. */
  #shown() {
    const { status, blocks } = this.#stored;
    return { id: 'ann', status: blocks ? null : status, last_seen: null };
  }

  get seen(): unknown {
    return this.#shown().status;
  }

  #presence() {
    const { status, lastSeen, blocks } = this.#stored;
    return { status, lastSeen, observers: blocks ? [] : ['ben'], hiddenFrom: blocks ? ['ben'] : [] };
  }

  #change(isVisible: boolean) {
    this.#stored.status = isVisible ? 'online' : 'offline';
    this.#stored.lastSeen += 1;
    return { userId: 'ann', isConnected: true, ...this.#presence() };
  }

  #hear({ frame }: { readonly frame: string }): void {
    const { type, payload } = JSON.parse(frame) as { type: string; payload: { status: unknown } };
    if (type === 'presence') this.told.push(payload.status);
  }

  #answer(line: number, asker: Asker | undefined, answer: unknown): void {
    this.#lines[line]?.push(() => {
      this.#host.reply(asker as ReplyTo<unknown> | undefined, answer);
    });
  }

  #read<T>(answer: () => T): Promise<T> {
    const found = answer();
    return new Promise((resolve) => {
      this.#lines[1]?.push(() => {
        resolve(found);
      });
    });
  }

  /** Ann blocks or unblocks ben. */
  block(): void {
    this.#stored.blocks = !this.#stored.blocks;
    const isElsewhere = this.#isShared && this.#stored.lastSeen % 2 === 0;
    this.#lines[2]?.push(() => {
      if (isElsewhere) this.#host.tell(edge, { type: 'notice', notice: { introduced: [['ann', 'ben']] } });
      else this.#host.tell(edge, { type: 'introduce', userId: 'ann', peerId: 'ben' });
    });
  }

  /** The store changes once the write arrives there. */
  show(visible: boolean): void {
    this.#connections.setVisible('ann', { socketId: 'socket-ann', visible });
  }

  /** Another host changes the presence. */
  changeElsewhere(isOnline: boolean): void {
    this.#change(isOnline);
    this.#lines[2]?.push(() => {
      this.#host.tell(edge, { type: 'notice', notice: { presence: ['ann'] } });
    });
  }

  async deliver(line: number): Promise<void> {
    this.#lines[line]?.shift()?.();
    await settled();
  }

  async deliverAll(): Promise<void> {
    await settled();
    for (let at = 0; this.#lines.some(({ length }) => length > 0); at += 1) await this.deliver(at % 3);
  }
}

for (const isShared of [false, true]) {
  const hosts = isShared ? 'several hosts' : 'one host';

  test(`[B3] ${hosts}: a change of before a block that is announced after it is not told`, async () => {
    const stage = new Stage(isShared);
    await settled();
    stage.block();
    await stage.deliver(2);
    await stage.deliver(1);
    // The answer to the write that made ann visible, which was committed before.
    await stage.deliver(0);
    await stage.deliverAll();
    assert.equal(stage.told.at(-1), null);
  });

  test(`[B3] [S7] ${hosts}: what is told last is what the store answers, in whichever order it hears of changes`, async () => {
    const random = seededRandom();
    for (let round = 0; round < 300; round += 1) {
      const stage = new Stage(isShared);
      for (let step = 0; step < 30; step += 1) {
        const dice = random.between(0, 9);
        if (dice === 0) stage.block();
        else if (dice === 1) stage.show(random.chance(0.5));
        else if (dice === 2 && isShared) stage.changeElsewhere(random.chance(0.5));
        else await stage.deliver(dice % 3);
      }
      await stage.deliverAll();
      if (stage.told.length > 0) assert.equal(stage.told.at(-1), stage.seen, `round ${String(round)}`);
    }
  });
}
