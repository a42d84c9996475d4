import type { Emitted } from '../shared/emit.ts';
import type { Screen } from './screen.ts';

export type Handlers = { readonly [N in keyof Emitted]?: (detail: Emitted[N]) => void };

/** Calls the handler of each event of the screen, until `signal` aborts. */
export const listen = (screen: Screen, handlers: Handlers, signal: AbortSignal): void => {
  for (const [name, handle] of Object.entries(handlers) as [string, (detail: unknown) => void][])
    screen.addEventListener(
      name,
      (event) => {
        handle((event as CustomEvent<unknown>).detail);
      },
      { signal },
    );
};
