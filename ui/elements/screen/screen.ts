import type { ReactiveController } from 'lit';
import type { Account } from '../../account/account.ts';
import type { App } from '../../app/app.ts';
import type { Conversation, Model } from '../../model/model.ts';
import type { Panel } from '../../navigation/trail.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import type { ScrollTarget } from '../conversation/scroll-target.ts';

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
  lacksNoticeBars: boolean;
  readonly view: ConversationView | null;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now: number;
  /** Whether what the connection reported can be trusted. */
  readonly online: boolean;
  /** All conversations, in the order of the list. */
  listed(): readonly Conversation[];
  /** The open conversation, unless it is being deleted. */
  openChat(model: Model): Conversation | null;
  readonly renderRoot: ParentNode;
  requestUpdate(): void;
  addController(controller: ReactiveController): void;
  readonly updateComplete: Promise<boolean>;
}
