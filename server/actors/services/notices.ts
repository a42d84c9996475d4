import { refOf } from '../../runtime/address.ts';
import type { Notice } from '../../notifier/notice.ts';

/** What the writer's thread, which has the connection to the broker, is told by the edge. */
export type NoticesMessage =
  /** For the other hosts. It may be lost: they compare with the store, which has it all. */
  | { readonly type: 'publish'; readonly notice: Notice }
  /** With each heartbeat: the id of this host, and those of the others that live. */
  | { readonly type: 'hosts'; readonly hostId: string; readonly others: readonly string[] };
export const notices = refOf<NoticesMessage>('notices', 'writer');
