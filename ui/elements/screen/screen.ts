import type { ReactiveController } from 'lit';
import type { Account } from '../../account/account.ts';
import type { App } from '../../app/app.ts';
import type { Conversation } from '../../model/model.ts';
import type { Panel } from '../../navigation/trail.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import type { ScrollTarget } from '../conversation/message-list.ts';

/** The parts of the screen that its controllers use. */
export interface Screen extends HTMLElement {
  readonly app: App;
  readonly account: Account;
  readonly panel: Panel | null;
  /** What a narrow window shows: the list or a panel in its place, the screen, or a panel over the screen. */
  readonly pane: 'side' | 'main' | 'over';
  target: ScrollTarget | null;
  unreadAfter: number | null;
  asksToNotify: boolean;
  hasNewBuild: boolean;
  readonly view: ConversationView | null;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now: number;
  /** The conversations of the list, in its order. */
  listed(): readonly Conversation[];
  readonly renderRoot: ParentNode;
  requestUpdate(): void;
  addController(controller: ReactiveController): void;
  readonly updateComplete: Promise<boolean>;
}
