/** A message at the next place of one of its two logs. */
export interface PlacedOnce {
  /** Its number in the export, from 1. */
  readonly number: number;
  readonly sentAt: number;
  readonly sender: number;
  readonly recipient: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
}

/** The messages of all logs in an order in which each log's messages ascend, and so those of each conversation. Among those that may
 *  come next the one that was sent first does, which brings back nearly the order in which they were stored. Holds one message for each
 *  user. `next`: the first message of a user's log after a cursor. Ends early if the logs contradict each other. */
export function* messageOrder(
  users: number,
  next: (user: number, after: number) => PlacedOnce | undefined,
): Generator<PlacedOnce, void, void> {
  /** Those whose other log has not come to them yet. */
  const waiting = new Set<number>();
  const ready = new Heap();
  const advance = (user: number, after: number): void => {
    const message = next(user, after);
    if (message === undefined) return;
    if (waiting.delete(message.number)) ready.push(message);
    else waiting.add(message.number);
  };
  for (let user = 1; user <= users; user += 1) advance(user, 0);
  for (let message = ready.pop(); message !== undefined; message = ready.pop()) {
    yield message;
    advance(message.sender, message.senderCursor);
    advance(message.recipient, message.recipientCursor);
  }
}

const isBefore = (a: PlacedOnce, b: PlacedOnce): boolean =>
  a.sentAt === b.sentAt ? a.number < b.number : a.sentAt < b.sentAt;

/** A binary heap with the message that was sent first on top. */
class Heap {
  readonly #items: PlacedOnce[] = [];

  push(item: PlacedOnce): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !isBefore(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  pop(): PlacedOnce | undefined {
    const items = this.#items;
    const [top] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = items[below];
      const right = items[below + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        below += 1;
        child = right;
      }
      if (child === undefined || !isBefore(child, last)) break;
      items[at] = child;
      at = below;
    }
    items[at] = last;
    return top;
  }
}
