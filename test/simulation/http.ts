import { perform } from '../../server/edge/api/perform.ts';
import { problemAnswer } from '../../server/edge/http/problem.ts';
import { Router } from '../../server/edge/http/router.ts';
import { blockRoutes } from '../../server/edge/api/blocks.ts';
import { conversationRoutes } from '../../server/edge/api/conversations.ts';
import { meRoutes } from '../../server/edge/api/me.ts';
import { profileRoutes } from '../../server/edge/api/profile.ts';
import type { WireAnswer } from '../../server/edge/http/answer.ts';
import { ParleyError } from '../../server/protocol/errors.ts';
import type { Fetch } from '../../ui/net/http.ts';
import type { Device } from './device.ts';
import type { SimServer } from './edge.ts';
import type { Life } from './scheduler.ts';
import { short } from './trace.ts';
import type { World } from './world.ts';

const router = new Router([...meRoutes, ...profileRoutes, ...blockRoutes, ...conversationRoutes]);

/** `fetch` of one device: the real routes of the server at the other end of a network that may lose the request or its
 *  answer. Always settles. */
export const simFetch =
  (world: World, device: Device, life: Life): Fetch =>
  (input, init) =>
    new Promise((resolve, reject) => {
      const request = { life };
      world.requests.add(request);
      const settled = (): void => {
        world.requests.delete(request);
      };
      const fail = (): void => {
        world.scheduler.after(
          world.latency(),
          () => {
            settled();
            reject(new TypeError('network'));
          },
          life,
        );
      };
      const { random, scheduler, plan } = world;
      scheduler.after(
        world.latency(),
        () => {
          const { server } = world.anyHost();
          const fails = world.calm ? 0 : plan.requestFails;
          if (server === undefined || world.cutOff.has(device) || random.chance(fails)) {
            fail();
            return;
          }
          const lost = random.chance(fails);
          let open = true;
          const answered = (answer: WireAnswer): void => {
            if (!open) return;
            open = false;
            world.trace.note(
              `${device.name} ${init?.method ?? 'GET'} ${short(targetOf(input))} ${String(answer.status)}`,
            );
            if (lost || !server.life.alive) fail();
            else
              scheduler.after(
                world.latency(),
                () => {
                  settled();
                  resolve(responseOf(answer));
                },
                life,
              );
          };
          // A process that ends takes its requests along.
          scheduler.after(
            15_000,
            () => {
              if (open) fail();
              open = false;
            },
            life,
          );
          const twice = random.chance(world.calm ? 0 : plan.duplicates);
          if (twice)
            scheduler.after(
              3 * world.latency(),
              () => {
                serve(world, server, targetOf(input), init ?? {}).catch(() => undefined);
              },
              server.life,
            );
          scheduler.after(
            0,
            () => {
              serve(world, server, targetOf(input), init ?? {}).then(answered, (error: unknown) => {
                answered(problemAnswer(error));
              });
            },
            server.life,
          );
        },
        world.life,
      );
    });

/** Relative, as the client asks; never a `Request`. */
const targetOf = (input: Parameters<Fetch>[0]): string => (typeof input === 'string' ? input : '');

const serve = async (
  world: World,
  server: SimServer,
  target: string,
  init: RequestInit,
): Promise<WireAnswer> => {
  const [path = '', query = ''] = target.split('?');
  const method = init.method ?? 'GET';
  // A token is the id of its session, and good for as long as that stands.
  if (path === '/auth/refresh') return renewed(server, init.body);
  const { route, params } = router.find(method, path);
  if (route === null) throw new Error(`no route for ${method} ${path}`);
  const headers = new Map(Object.entries(init.headers as Record<string, string>));
  const bytes = new TextEncoder().encode(typeof init.body === 'string' ? init.body : '');
  return perform({
    deps: server.deps,
    route,
    params,
    incoming: { method, path, query, headers, remoteAddress: '192.0.2.1', fault: null },
    client: { address: '192.0.2.1', key: `192.0.2.1 ${String(world.seed)}` },
    body: Promise.resolve({ kind: 'whole', bytes } as never),
    received: null,
  });
};

const renewed = ({ identify }: SimServer, body: unknown): WireAnswer => {
  if (typeof body !== 'string') throw new Error('no refresh token');
  const { refresh_token: token } = JSON.parse(body) as { refresh_token: string };
  if (identify(token) === null) throw new ParleyError('unauthorized', 'The session has ended.');
  const tokens = { access_token: token, refresh_token: token, token_type: 'Bearer', expires_in: 1e9 };
  return { status: 200, headers: [], body: JSON.stringify(tokens) };
};

/** Of a response the client reads these. */
const responseOf = ({ status, headers, body }: WireAnswer): Response => {
  const byName = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  return {
    ok: status < 400,
    status,
    headers: { get: (name: string) => byName.get(name) ?? null, has: (name: string) => byName.has(name) },
    json: () => Promise.resolve(JSON.parse(String(body)) as unknown),
  } as unknown as Response;
};
