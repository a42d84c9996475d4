import type { Writes } from '../../server/storage/writes.ts';

type ChangeSettings = Writes['changeSettings']['in'];
type SetBlock = Writes['setBlock']['in'];

export interface LedgerSettings {
  readonly pinned: boolean;
  readonly archived: boolean;
  /** People here mute for longer than a history lasts. */
  readonly isMuted: boolean;
}
const NOTHING_SET: LedgerSettings = { pinned: false, archived: false, isMuted: false };

export interface SettingsCopy {
  readonly settings: readonly (readonly [string, LedgerSettings])[];
  readonly blocks: readonly (readonly [string, readonly string[]])[];
}

const keyOf = (conversationId: string, userId: string): string => `${conversationId} ${userId}`;

/** What was committed of the settings of conversations, and of blocks. */
export class SettingsLedger {
  readonly #settings = new Map<string, LedgerSettings>();
  /** By user: whom they block, the last one last. */
  readonly #blocks = new Map<string, readonly string[]>();
  /** Pairs of whom one has ever blocked the other, whatever was restored since. */
  readonly #everBlocked = new Set<string>();
  readonly #broken: (rule: string, what: string) => void;

  constructor(broken: (rule: string, what: string) => void) {
    this.#broken = broken;
  }

  copy(): SettingsCopy {
    return { settings: [...this.#settings], blocks: [...this.#blocks] };
  }

  putBack({ settings, blocks }: SettingsCopy): void {
    this.#settings.clear();
    for (const [key, value] of settings) this.#settings.set(key, value);
    this.#blocks.clear();
    for (const [id, users] of blocks) this.#blocks.set(id, users);
  }

  of(conversationId: string, userId: string): LedgerSettings {
    return this.#settings.get(keyOf(conversationId, userId)) ?? NOTHING_SET;
  }

  /** The last one first. */
  blockedBy(userId: string): readonly string[] {
    return [...(this.#blocks.get(userId) ?? [])].reverse();
  }

  isBlocking(userId: string, peerId: string): boolean {
    return this.#blocks.get(userId)?.includes(peerId) === true;
  }

  /** Whether something between the two may have been refused. */
  mayHaveBlocked(a: string, b: string): boolean {
    return this.#everBlocked.has(`${a} ${b}`) || this.#everBlocked.has(`${b} ${a}`);
  }

  /** C10: what is so already is told to nobody. */
  changed({ userId, conversationId, pinned, archived, mutedUntil }: ChangeSettings, kind: string): void {
    if (kind === 'not-found') return;
    const before = this.of(conversationId, userId);
    const next = {
      pinned: pinned ?? before.pinned,
      archived: archived ?? before.archived,
      isMuted: mutedUntil === undefined ? before.isMuted : mutedUntil !== null,
    };
    const isSame =
      next.pinned === before.pinned && next.archived === before.archived && next.isMuted === before.isMuted;
    // Another time is another thing, which this ledger does not tell apart.
    if (!isSame && kind !== 'changed') this.#broken('C10', `the change of ${conversationId} is ${kind}`);
    this.#settings.set(keyOf(conversationId, userId), next);
  }

  /** C13 */
  reset(conversationId: string, userId: string): void {
    this.#settings.delete(keyOf(conversationId, userId));
  }

  /** C12, B2 */
  appended(conversationId: string, senderId: string, recipientId: string): void {
    if (this.isBlocking(senderId, recipientId) || this.isBlocking(recipientId, senderId))
      this.#broken('B2', `a message of ${senderId} to ${recipientId} was stored`);
    for (const userId of [senderId, recipientId]) {
      const settings = this.of(conversationId, userId);
      if (userId === recipientId && settings.isMuted) continue;
      this.#settings.set(keyOf(conversationId, userId), { ...settings, archived: false });
    }
  }

  /** B1 */
  blocked({ userId, peerId, blocked }: SetBlock, kind: string): void {
    if (kind !== 'changed' && kind !== 'unchanged') return;
    if ((this.isBlocking(userId, peerId) !== blocked) !== (kind === 'changed'))
      this.#broken('B1', `the block of ${peerId} by ${userId} is ${kind}`);
    if (kind === 'unchanged') return;
    const others = (this.#blocks.get(userId) ?? []).filter((id) => id !== peerId);
    this.#blocks.set(userId, blocked ? [...others, peerId] : others);
    this.#everBlocked.add(`${userId} ${peerId}`);
  }

  /** B6: the deletion of a user removes their blocks, and those of others. */
  removed(userId: string): void {
    this.#blocks.delete(userId);
    for (const [id, users] of this.#blocks)
      this.#blocks.set(
        id,
        users.filter((each) => each !== userId),
      );
  }
}
