import type { PushState } from '../../server/protocol/resources/push.ts';
import type { Api } from '../net/api.ts';
import type { BrowserSubscription } from '../platform/web-push.ts';

/** The routes of pushes. They reject with ApiProblem only. */
export class PushApi {
  readonly #api: Pick<Api, 'signed'>;

  constructor(api: Pick<Api, 'signed'>) {
    this.#api = api;
  }

  /** Without a key the server sends no pushes. */
  state(): Promise<PushState> {
    return this.#api.signed({ method: 'GET', path: '/users/me/push' });
  }

  subscribe({ endpoint, keys }: BrowserSubscription, showText: boolean): Promise<void> {
    const body = { endpoint, keys, show_text: showText };
    return this.#api.signed({ method: 'PUT', path: '/users/me/push', body });
  }

  unsubscribe(): Promise<void> {
    return this.#api.signed({ method: 'DELETE', path: '/users/me/push' });
  }
}
