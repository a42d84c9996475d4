import type { TemplateResult } from 'lit';
import type { ConversationNavigation } from './conversation-navigation.ts';
import type { NotificationPermission } from '../settings/notification-permission.ts';
import type { Screen } from './screen.ts';
import type { Toast } from './toast-bar.ts';

/** The parts of the screen that a pane uses. */
export interface PaneHost {
  readonly screen: Screen;
  readonly conversationNavigation: ConversationNavigation;
  /** The conversation to search in; null to search everything. */
  readonly within: string | null;
  readonly notifications: NotificationPermission;
  /** Shows a sentence for a few seconds. */
  readonly toast: (text: string, action?: Toast['action']) => void;
}

/** Search, new conversation or settings, with the state they need. Created when first needed, and kept as long as the
 *  screen. A pane reads signals while the screen renders. */
export interface Pane {
  render(): TemplateResult;
  /** Clears the search text after it has led to the wanted conversation. */
  reset?(): void;
  /** The conversation to search in has changed. */
  scoped?(): void;
}
