import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import { assertUnreadExact } from '../crash/postgres-check.ts';
import { pause } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import type { Person } from './load.ts';
import type { Observations } from './observations.ts';
import type { ParleyHost } from './parley-host.ts';
import type { Scene } from './scene.ts';
import type { Stored } from './stored.ts';

const PAGE = 100;
const PRESENCE_MS = 9_000;
const READS_BACK_MS = 5_000;
const AGAIN_MS = 100;

/** After quiet: what hosts answer over HTTP is what the database holds. Each person asks any host, and one pair asks all of them. */
export const checkAnswers = async (
  { cluster, load, observations, random, slowness }: Scene,
  stored: Stored,
): Promise<void> => {
  const chosen = random.pick(load.people);
  const asks = load.people.flatMap((person) =>
    (person === chosen || person.peer === chosen.client ? cluster.hosts : [random.pick(cluster.hosts)]).map(
      (host) => ({ person, host }),
    ),
  );
  const check = async ({ person, host }: (typeof asks)[number]): Promise<void> => {
    await checkHistory(person, host, stored, observations);
    await checkPresence(person, host, observations, PRESENCE_MS + slowness.allowanceMs);
  };
  const readers = asks.map(({ person, host }) => ({ me: person.client.at(host) }));
  const unread = async (): Promise<void> => {
    await assertUnreadExact(cluster.database.url, readers).catch((error: unknown) => {
      if (String(error).includes('got 503')) throw error;
      observations.violate(String(error));
    });
  };
  await Promise.all([patiently(unread), ...asks.map((ask) => patiently(() => check(ask)))]);
};

/** Connections for reads may still wait before they try again. */
const patiently = async (work: () => Promise<void>): Promise<void> => {
  const since = performance.now();
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      const isAway = error instanceof Error && error.message.includes('got 503');
      if (!isAway || performance.now() - since > READS_BACK_MS) throw error;
      await pause(AGAIN_MS);
    }
  }
};

/** The latest page of the conversation, in the order in which it is stored. */
const checkHistory = async (
  { client, peer }: Person,
  host: ParleyHost,
  { messages }: Stored,
  observations: Observations,
): Promise<void> => {
  const own = messages.filter(
    ({ from, to }) => (from === client.id && to === peer.id) || (from === peer.id && to === client.id),
  );
  const conversationId = own[0]?.conversationId;
  if (conversationId === undefined) return;
  const page = await client
    .at(host)
    .get<{ messages: MessageResource[] }>(`/conversations/${conversationId}/messages?limit=${String(PAGE)}`);
  const told = page.messages.map(({ seq, message_id, content }) => `${String(seq)} ${message_id} ${content}`);
  const wanted = own.slice(-PAGE).map(({ seq, id, content }) => `${String(seq)} ${id} ${content}`);
  const at = wanted.findIndex((each, i) => each !== told[i]);
  if (at !== -1 || told.length !== wanted.length)
    observations.violate(
      `${client.username} is told another history at ${host.name}: “${told[at] ?? 'nothing'}” for “${wanted[at] ?? 'nothing'}”`,
    );
};

const checkPresence = async (
  { client, peer }: Person,
  host: ParleyHost,
  observations: Observations,
  ms: number,
): Promise<void> => {
  const me = client.at(host);
  const status = async (): Promise<string | null> =>
    (await me.get<UserResource & { status: string | null }>(`/users/${peer.id}`)).status;
  await eventually('presence', async () => (await status()) === 'online', ms).catch(async () => {
    observations.violate(
      `${peer.username}, who is connected, seems ${String(await status())} to ${client.username} at ${host.name}`,
    );
  });
};
