/** Which route a path and method mean. */
export interface RouteMatch<R> {
  readonly route: R | null;
  /** By name, as sent. */
  readonly params: Readonly<Record<string, string>>;
  /** What this path can do, `HEAD` and `OPTIONS` included; empty when nobody knows the path. */
  readonly methods: readonly string[];
}

interface Place<R> {
  readonly segments: readonly string[];
  readonly byMethod: Map<string, R>;
}

/** Matches paths exactly as sent: no decoding, no `..`, no trailing slash, so one resource has one address. A path with
 *  fewer parameters wins (`/users/me` before `/users/:id`). */
export class Router<R extends { readonly method: string; readonly path: string }> {
  readonly #places: readonly Place<R>[];

  constructor(routes: readonly R[]) {
    const places = new Map<string, Place<R>>();
    for (const route of routes) {
      const place = places.get(route.path) ?? {
        segments: route.path.split('/'),
        byMethod: new Map<string, R>(),
      };
      if (place.byMethod.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
      place.byMethod.set(route.method, route);
      places.set(route.path, place);
    }
    this.#places = [...places.values()].sort((a, b) => parameters(a) - parameters(b));
  }

  find(method: string, path: string): RouteMatch<R> {
    const sent = path.split('/');
    for (const place of this.#places) {
      const params = match(place.segments, sent);
      if (params === null) continue;
      const route = place.byMethod.get(method === 'HEAD' ? 'GET' : method) ?? null;
      return { route, params, methods: methodsOf([...place.byMethod.keys()]) };
    }
    return { route: null, params: {}, methods: [] };
  }
}

/** With those that come for free. */
const methodsOf = (methods: readonly string[]): readonly string[] => [
  ...methods,
  ...(methods.includes('GET') ? ['HEAD'] : []),
  'OPTIONS',
];

const parameters = (place: Place<unknown>): number => place.segments.filter((s) => s.startsWith(':')).length;

const match = (segments: readonly string[], sent: readonly string[]): Record<string, string> | null => {
  if (segments.length !== sent.length) return null;
  const params: [string, string][] = [];
  for (const [i, segment] of segments.entries()) {
    const part = sent[i] ?? '';
    if (segment.startsWith(':') && part !== '') params.push([segment.slice(1), part]);
    else if (segment !== part) return null;
  }
  return Object.fromEntries(params);
};
