import type { ReactiveController } from 'lit';
import type { Account } from '../state/account.ts';
import type { App } from '../state/app.ts';
import type { Emitted } from './emit.ts';
import type { Target } from './message-list.ts';

/** What the controller needs of the screen it serves. */
export interface Screen extends HTMLElement {
  readonly app: App;
  readonly account: Account;
  panel: Emitted['open-panel']['panel'] | null;
  target: Target | null;
  unreadAfter: number | null;
  readonly view: HTMLElement | null;
  readonly renderRoot: ParentNode;
  requestUpdate(): void;
  addController(controller: ReactiveController): void;
  readonly updateComplete: Promise<boolean>;
}
