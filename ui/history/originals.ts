import type { Api } from '../net/api.ts';
import type { Message, MessageReference } from '../model/model.ts';
import { toMessage } from '../model/from-wire.ts';
import { signal } from '../model/signal.ts';
import { indexOfSeq } from './index-of-seq.ts';

/** The message that a reply quotes. Null: it is no longer there. Undefined: it is not loaded. */
export type Original = Message | null | undefined;

/** By `originalKey`: messages that replies quote and that no loaded run holds. */
export type HeldOriginals = ReadonlyMap<string, Message | null>;

export const originalKey = (conversationId: string, seq: number): string =>
  `${conversationId}:${String(seq)}`;

/** One request serves the quotes that are close together. */
const PAGE = 20;
const HELD_MOST = 300;

/** Loads the messages that replies quote, if they are further back than what is loaded. */
export class Originals {
  readonly held = signal<HeldOriginals>(new Map());
  readonly #api: Pick<Api, 'messages'>;
  readonly #me: string;
  readonly #wanted = new Map<string, { readonly conversationId: string; readonly seq: number }>();
  #isAsking = false;

  constructor(api: Pick<Api, 'messages'>, me: string) {
    this.#api = api;
    this.#me = me;
  }

  /** Loads a message. If that fails, it is tried again with the next call. */
  need(conversationId: string, seq: number): void {
    if (this.#wanted.size < HELD_MOST)
      this.#wanted.set(originalKey(conversationId, seq), { conversationId, seq });
    void this.#ask();
  }

  /** The connection is back: tries again what could not be loaded. */
  connected(): void {
    void this.#ask();
  }

  /** The conversation was deleted, or with null all that was loaded belongs to another history. */
  forget(conversationId: string | null): void {
    const isKept = ([key]: readonly [string, unknown]): boolean =>
      conversationId !== null && !key.startsWith(conversationId);
    this.held.set(new Map([...this.held.get()].filter(isKept)));
    for (const entry of this.#wanted) if (!isKept(entry)) this.#wanted.delete(entry[0]);
  }

  /** Asks for one after the other, until all are there or one could not be loaded. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        const { conversationId, seq } = next;
        const { messages } = await this.#api.messages(conversationId, { around: seq }, PAGE);
        this.#learn(
          conversationId,
          seq,
          messages.map((message) => toMessage(message, this.#me)),
        );
      }
    } catch {
      // They stay wanted.
    } finally {
      this.#isAsking = false;
    }
  }

  #next(): { readonly conversationId: string; readonly seq: number } | undefined {
    for (const key of this.#wanted.keys()) if (this.held.get().has(key)) this.#wanted.delete(key);
    const [first] = this.#wanted.values();
    return first;
  }

  #learn(conversationId: string, seq: number, messages: readonly Message[]): void {
    const key = originalKey(conversationId, seq);
    // It was forgotten meanwhile.
    if (!this.#wanted.has(key)) return;
    const found = new Map<string, Message | null>(
      messages.map((message) => [originalKey(conversationId, message.seq ?? 0), message]),
    );
    const wanted = [...found].filter(([each]) => this.#wanted.has(each));
    const all = [...this.held.get(), [key, found.get(key) ?? null] as const, ...wanted];
    this.held.set(new Map(all.slice(-HELD_MOST)));
  }
}

/** Finds the message that a reply quotes. `runs`: the loaded messages. `firstSeq`: where the conversation begins. */
export const originalOf = (
  { messageId, seq }: MessageReference,
  runs: readonly (readonly Message[])[],
  held: HeldOriginals,
  { id, firstSeq }: { readonly id: string; readonly firstSeq: number },
): Original => {
  if (seq < firstSeq) return null;
  const loaded = runs.map((run) => run[indexOfSeq(run, seq)]).find((message) => message?.seq === seq);
  const found = loaded ?? held.get(originalKey(id, seq));
  // Its number belongs to another message: the reply is older than a restore.
  return found === undefined || found === null || found.id === messageId ? found : null;
};
