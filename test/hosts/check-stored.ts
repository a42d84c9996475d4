import { assertDatabaseExact } from '../crash/postgres-check.ts';
import { eventually } from '../support/eventually.ts';
import type { Device } from './device.ts';
import type { Load } from './load.ts';
import type { Observations, SeenEvent } from './observations.ts';
import type { Scene } from './scene.ts';
import { readHeads, readStored, type Stored, type StoredMessage } from './stored.ts';

/** How long a device may lag behind the log once everybody is answered: what hosts compare without being told. */
const IN_STEP_MS = 8_000;

/** After quiet: what everybody was promised and told is what the database holds. */
export const checkStored = async ({ cluster, load, observations, slowness }: Scene): Promise<Stored> => {
  const { url } = cluster.database;
  await inStep(url, load, observations, IN_STEP_MS + slowness.allowanceMs);
  // Before the database is asked: the last receipts may still be on their way, and what was told must be stored by now.
  const told = toldSoFar(load, observations);
  const stored = await readStored(url);
  try {
    await assertDatabaseExact(url);
  } catch (error) {
    observations.violate(`the numbers in the database do not agree: ${String(error)}`);
  }
  const byId = new Map(stored.messages.map((message) => [message.id, message]));
  checkSent(stored, load, observations);
  checkAcknowledged(byId, observations);
  checkTold(told, stored, byId, observations);
  checkDevices(stored, load, observations);
  for (const { device, cursor } of told.cursors)
    if (cursor > (stored.heads.get(device.client.id) ?? 0))
      observations.violate(`${device.describe()} is ahead of its log`);
  return stored;
};

/** What devices were told until now. */
interface Told {
  readonly events: readonly (readonly [
    user: string,
    log: readonly (readonly [cursor: number, SeenEvent])[],
  ])[];
  readonly cursors: readonly { readonly device: Device; readonly cursor: number }[];
}

const toldSoFar = (load: Load, { logs }: Observations): Told => ({
  events: [...logs].map(([user, log]) => [user, [...log]]),
  cursors: load.devices.map((device) => ({ device, cursor: device.cursor })),
});

const inStep = async (url: string, load: Load, observations: Observations, ms: number): Promise<void> => {
  const heads = await readHeads(url);
  const behind = (): readonly string[] =>
    load.devices
      .filter(({ cursor, client }) => cursor < (heads.get(client.id) ?? 0))
      .map((device) => `${device.describe()}, of ${String(heads.get(device.client.id))}`);
  await eventually('all devices to have the whole log', () => behind().length === 0, ms).catch(() => {
    observations.violate(
      `these do not hear of what is stored within ${ms.toFixed()} ms:\n  ${behind().join('\n  ')}`,
    );
  });
};

/** Nothing of these people is stored that they did not send, nor otherwise than they sent it. */
const checkSent = ({ messages }: Stored, load: Load, observations: Observations): void => {
  const people = new Set(load.people.map(({ client }) => client.id));
  for (const { id, from, to, content } of messages) {
    if (!people.has(from)) continue;
    const sent = observations.sent.get(id);
    if (sent?.from !== from || sent.to !== to || sent.content !== content)
      observations.violate(`message ${id} is stored, and was not sent like that`);
  }
};

const checkAcknowledged = (byId: ReadonlyMap<string, StoredMessage>, observations: Observations): void => {
  for (const [id, { conversationId, seq, sentAt, cursor }] of observations.acked) {
    const found = byId.get(id);
    const promised = `${conversationId} ${String(seq)} at ${sentAt}, cursor ${String(cursor)}`;
    if (found === undefined) {
      observations.violate(`message ${id} was acknowledged as ${promised}, and is not stored`);
      continue;
    }
    const is = `${found.conversationId} ${String(found.seq)} at ${new Date(found.sentAt).toISOString()}, cursor ${String(found.senderCursor)}`;
    if (is !== promised) observations.violate(`message ${id} was acknowledged as ${promised}, and is ${is}`);
  }
};

/** Nobody was told what was not stored, and everything stands where they were told. */
const checkTold = (
  { events: told }: Told,
  { heads, events }: Stored,
  byId: ReadonlyMap<string, StoredMessage>,
  observations: Observations,
): void => {
  const places = new Map<string, string>();
  for (const { id, from, to, senderCursor, recipientCursor } of byId.values()) {
    places.set(`${from} ${String(senderCursor)}`, id);
    places.set(`${to} ${String(recipientCursor)}`, id);
  }
  for (const [user, log] of told)
    for (const [cursor, { what, messageId, by }] of log) {
      const place = `${user} ${String(cursor)}`;
      const isThere = messageId === null ? !places.has(place) : places.get(place) === messageId;
      const isBehind = cursor <= (heads.get(user) ?? 0);
      const instead = places.get(place) ?? (events.has(place) ? 'an event' : 'nothing');
      if (!isThere || !isBehind)
        observations.violate(`${by} was told “${what}” at ${place}, where ${instead} is stored`);
    }
};

/** Each device has every message of its user's log. */
const checkDevices = ({ messages }: Stored, load: Load, observations: Observations): void => {
  const byUser = new Map<string, Set<string>>();
  for (const { id, from, to } of messages)
    for (const user of [from, to]) byUser.set(user, (byUser.get(user) ?? new Set()).add(id));
  for (const device of load.devices) {
    const wanted = byUser.get(device.client.id) ?? new Set();
    const missing = [...wanted].filter((id) => !device.messages.has(id));
    if (missing.length > 0) observations.violate(`${device.name} was never told ${missing.join(', ')}`);
  }
};
