import type { Listing } from './list-over-http.ts';
import type { SyncDeps } from './sync-deps.ts';

/** Returns a function that requests the list over HTTP where WebSockets are blocked. While one request is running,
 *  further calls do nothing. */
export const httpFallback = (
  sync: Listing,
  { api, onEffect }: Pick<SyncDeps, 'api' | 'onEffect'>,
): (() => Promise<void>) => {
  let isAsking = false;
  return async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      const { loadListOverHttp } = await import('./list-over-http.ts');
      await loadListOverHttp(sync, api, onEffect);
    } catch {
      // The code could not be loaded. The next attempt to connect tries again.
    }
    isAsking = false;
  };
};
