import type { ReactiveController } from 'lit';
import type { Account } from '../state/account.ts';
import type { App } from '../state/app.ts';
import type { Chat } from '../state/model.ts';
import type { Panel } from '../state/trail.ts';
import type { ConversationView } from './conversation-view.ts';
import type { Target } from './message-list.ts';

/** What the controller needs of the screen it serves. */
export interface Screen extends HTMLElement {
  readonly app: App;
  readonly account: Account;
  readonly panel: Panel | null;
  /** What a narrow window shows: the list or a panel in its place, the screen, or a panel over the screen. */
  readonly pane: 'side' | 'main' | 'over';
  target: Target | null;
  unreadAfter: number | null;
  asksToNotify: boolean;
  hasNewBuild: boolean;
  readonly view: ConversationView | null;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now: number;
  /** The conversations of the list, in its order. */
  listed(): readonly Chat[];
  readonly renderRoot: ParentNode;
  requestUpdate(): void;
  addController(controller: ReactiveController): void;
  readonly updateComplete: Promise<boolean>;
}
