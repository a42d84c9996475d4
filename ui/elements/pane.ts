import type { TemplateResult } from 'lit';
import type { ConversationNavigation } from './conversation-navigation.ts';
import type { NotificationPermission } from './notification-permission.ts';
import type { Screen } from './screen.ts';

/** What a pane needs of the screen that shows it. */
export interface PaneHost {
  readonly screen: Screen;
  readonly conversationNavigation: ConversationNavigation;
  /** The conversation to search in; null for everything. */
  readonly within: string | null;
  readonly notifications: NotificationPermission;
  /** Shows a sentence for a moment. */
  readonly say: (text: string) => void;
}

/** Search, new conversation or settings with all that they need of the state: loaded when one of them is first wanted, and
 *  there as long as the screen. Its properties are taken from signals while the screen renders. */
export interface Pane {
  render(): TemplateResult;
  /** What was typed has led to where one wanted to go. */
  reset?(): void;
  /** The conversation to search in has changed. */
  scoped?(): void;
}
