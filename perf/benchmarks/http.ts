import type { HttpLoadSample, HttpLoadSpec } from '../http/load-spec.ts';
import { runHttpLoad } from '../http/run-http-load.ts';
import { makeTexts } from '../load/texts.ts';
import { readCpu, spentBetween, totalOf } from '../machine/cpu.ts';
import { startParley } from '../servers/targets.ts';
import { seedAccounts, seedMessages } from '../servers/seed.ts';
import { inFolder, type Running } from '../servers/server.ts';
import type { Benchmark } from './benchmark.ts';

const PEOPLE = 200;
const PERSON = { username: 'somebody', password: 'Pass-phrase-4711' };
/** argon2 has one thread; a login beyond its queue is refused, and should be. */
const LOGINS_AT_ONCE = 4;
const AT_ONCE = 32;

const origin = ({ host, port }: Running): string => `http://${host}:${port}`;

const json = async (response: Response, status: number): Promise<Record<string, unknown>> => {
  if (response.status !== status) throw new Error(`${response.url} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
};

const firstConversation = async (server: Running, token: string): Promise<string> => {
  const response = await fetch(`${origin(server)}/conversations`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { conversations } = (await json(response, 200)) as { conversations: { id: string }[] };
  return conversations[0]?.id ?? '';
};

const register = async (server: Running): Promise<void> => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(PERSON);
  await json(await fetch(`${origin(server)}/auth/register`, { method: 'POST', headers, body }), 201);
};

/** The requests of a client that starts: login, list, history, a search. */
export const http: Benchmark = {
  id: 'http',
  title: 'HTTP: login, history, conversation list, search',
  measure: ({ quick, said }) =>
    inFolder(async (dir) => {
      const total = quick ? 10_000 : 100_000;
      const seconds = quick ? 2 : 6;
      const accounts = await seedAccounts(dir, PEOPLE);
      const texts = makeTexts(5_000, 200);
      // The first person has a conversation with everybody, the others among themselves.
      seedMessages(dir, total, (i) => ({
        from: accounts[i % 3 === 0 ? 0 : 1 + (i % (PEOPLE - 2))]!.userId,
        to: accounts[i % 3 === 0 ? 1 + (i % (PEOPLE - 1)) : 2 + (i % (PEOPLE - 2))]!.userId,
        content: texts[i % texts.length]!,
      }));
      const server = await startParley(dir);
      try {
        await register(server);
        const { token } = accounts[0]!;
        const id = await firstConversation(server, token);
        const get = (path: string): HttpLoadSpec => ({
          url: `${origin(server)}${path}`,
          connections: AT_ONCE,
          seconds,
          token,
        });
        const word = texts[7]?.split(' ')[1] ?? '';
        const specs: readonly (readonly [name: string, spec: HttpLoadSpec])[] = [
          [
            '`POST /auth/login` (argon2id)',
            { ...get('/auth/login'), connections: LOGINS_AT_ONCE, body: JSON.stringify(PERSON) },
          ],
          ['`GET /conversations/:id/messages`, 50', get(`/conversations/${id}/messages`)],
          ['`GET /conversations`', get('/conversations')],
          [`\`GET /search\`, a word`, get(`/search?q=${encodeURIComponent(word)}`)],
        ];
        const rows: (readonly [string, number, HttpLoadSample, number])[] = [];
        for (const [name, spec] of specs) {
          const before = readCpu(server.pid);
          const hit = await runHttpLoad(spec);
          const cpuUs = totalOf(spentBetween(before, readCpu(server.pid))) / hit.requests;
          if (hit.failed > 0) throw new Error(`${hit.failed} of ${hit.requests} requests failed: ${name}`);
          said(`  ${name}: ${hit.perSecond.toFixed(0)}/s, p99 ${hit.p99} ms`);
          rows.push([name, spec.connections, hit, cpuUs]);
        }
        return {
          how: `autocannon in a process of its own, ${seconds} s each, ${total.toLocaleString('en')} messages of 200 bytes stored, a person with ${PEOPLE - 1} conversations. Every answer was a 2xx.`,
          goals: [],
          tables: [
            {
              columns: ['request', 'at once', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU µs each'],
              rows: rows.map(([name, atOnce, { perSecond, p50, p99 }, cpuUs]) => [
                name,
                atOnce,
                Math.round(perSecond),
                p50,
                p99,
                Math.round(cpuUs),
              ]),
            },
          ],
        };
      } finally {
        await server.stop();
      }
    }),
};
