import type { ServerFrame } from '../../server/protocol/server-frames.ts';

/** A message as a client first sent it. `at`: by `performance.now()`. */
export interface SentMessage {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly content: string;
  readonly at: number;
}

/** What the first acknowledgement said. */
export interface Acknowledgement {
  readonly conversationId: string;
  readonly seq: number;
  readonly sentAt: string;
  readonly cursor: number;
}

/** One place of a user's log, as a device was told of it. */
export interface SeenEvent {
  readonly what: string;
  readonly messageId: string | null;
  readonly by: string;
}

type DurableFrame = Extract<ServerFrame, { cursor: number }>;

/** The same for everybody who is told of one event, whether as the answer to the sender or as news. */
const describe = (frame: DurableFrame): string => {
  switch (frame.type) {
    case 'message':
      return `message ${frame.payload.message_id} seq ${String(frame.payload.seq)}`;
    case 'ack':
      return frame.payload.status === 'sent'
        ? `message ${frame.payload.message_id} seq ${String(frame.payload.seq)}`
        : `${frame.payload.status} ${frame.payload.message_id}`;
    case 'reaction':
      return `reacted ${frame.payload.message_id}`;
    case 'conversation':
      return `conversation ${frame.payload.conversation.id} ${frame.payload.change}`;
    case 'user':
      return `user ${frame.payload.user.id} ${frame.payload.change}`;
  }
};

/** What all clients sent, were promised and were told, and whatever in it breaks a promise. */
export class Observations {
  readonly sent = new Map<string, SentMessage>();
  readonly acked = new Map<string, Acknowledgement>();
  /** By user and cursor. */
  readonly logs = new Map<string, Map<number, SeenEvent>>();
  readonly violations: string[] = [];
  /** Answers to messages, repeated ones included. */
  answers = 0;
  /** Where in a user's log each message was told, to see one that comes in two places. */
  readonly #places = new Map<string, number>();

  violate(what: string): void {
    this.violations.push(what);
  }

  /** A device of the user was told that this stands at that place of the log. */
  see(userId: string, frame: DurableFrame, by: string): void {
    const log = this.logs.get(userId) ?? new Map<number, SeenEvent>();
    this.logs.set(userId, log);
    const what = describe(frame);
    const before = log.get(frame.cursor);
    const place = `place ${String(frame.cursor)} of the log of ${userId}`;
    if (before !== undefined) {
      if (before.what !== what)
        this.violate(`${place}: ${before.by} was told “${before.what}”, ${by} “${what}”`);
      return;
    }
    const isMessage = what.startsWith('message ');
    const messageId = isMessage && 'message_id' in frame.payload ? frame.payload.message_id : null;
    log.set(frame.cursor, { what, messageId, by });
    if (messageId === null) return;
    const key = `${userId} ${messageId}`;
    const other = this.#places.get(key);
    if (other !== undefined)
      this.violate(`${place}: ${by} was told ${messageId}, which stands at ${String(other)}`);
    this.#places.set(key, frame.cursor);
  }

  acknowledge(id: string, answer: Acknowledgement, by: string): void {
    this.answers += 1;
    const first = this.acked.get(id);
    if (first === undefined) {
      this.acked.set(id, answer);
      return;
    }
    const [was, is] = [JSON.stringify(first), JSON.stringify(answer)];
    if (was !== is)
      this.violate(`message ${id} was acknowledged as ${was}, and when it was repeated by ${by} as ${is}`);
  }
}
