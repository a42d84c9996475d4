import type { HttpLoadSample, HttpLoadSpec } from '../http/load-spec.ts';
import { runHttpLoad } from '../http/run-http-load.ts';
import type { LoadUser } from '../load/spec.ts';
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

interface Row {
  readonly name: string;
  readonly atOnce: number;
  readonly sample: HttpLoadSample;
  readonly cpuUs: number;
}

/** The users of the database: the first has a conversation with everybody, the others among themselves. */
const seed = async (dir: string, total: number, texts: readonly string[]): Promise<readonly LoadUser[]> => {
  const accounts = await seedAccounts(dir, PEOPLE);
  seedMessages(dir, total, (i) => ({
    from: accounts[i % 3 === 0 ? 0 : 1 + (i % (PEOPLE - 2))]!.userId,
    to: accounts[i % 3 === 0 ? 1 + (i % (PEOPLE - 1)) : 2 + (i % (PEOPLE - 2))]!.userId,
    content: texts[i % texts.length]!,
  }));
  return accounts;
};

/** What is asked for: login, history, conversation list, and a search for a word. */
const specsOf = async (
  server: Running,
  token: string,
  word: string,
  seconds: number,
): Promise<readonly (readonly [name: string, spec: HttpLoadSpec])[]> => {
  const id = await firstConversation(server, token);
  const get = (path: string): HttpLoadSpec => ({
    url: `${origin(server)}${path}`,
    connections: AT_ONCE,
    seconds,
    token,
  });
  const login = { ...get('/auth/login'), connections: LOGINS_AT_ONCE, body: JSON.stringify(PERSON) };
  return [
    ['`POST /auth/login` (argon2id)', login],
    ['`GET /conversations/:id/messages`, 50', get(`/conversations/${id}/messages`)],
    ['`GET /conversations`', get('/conversations')],
    ['`GET /search`, a word', get(`/search?q=${encodeURIComponent(word)}`)],
  ];
};

const measureOne = async (server: Running, name: string, spec: HttpLoadSpec): Promise<Row> => {
  const before = readCpu(server.pid);
  const sample = await runHttpLoad(spec);
  const cpuUs = totalOf(spentBetween(before, readCpu(server.pid))) / sample.requests;
  if (sample.failed > 0) throw new Error(`${sample.failed} of ${sample.requests} requests failed: ${name}`);
  return { name, atOnce: spec.connections, sample, cpuUs };
};

/** The requests of a client that starts: login, list, history, a search. */
export const http: Benchmark = {
  id: 'http',
  title: 'HTTP: login, history, conversation list, search',
  measure: ({ quick, said }) =>
    inFolder(async (dir) => {
      const total = quick ? 10_000 : 100_000;
      const seconds = quick ? 2 : 6;
      const texts = makeTexts(5_000, 200);
      const accounts = await seed(dir, total, texts);
      const server = await startParley(dir);
      try {
        await register(server);
        const word = texts[7]?.split(' ')[1] ?? '';
        const rows: Row[] = [];
        for (const [name, spec] of await specsOf(server, accounts[0]!.token, word, seconds)) {
          const row = await measureOne(server, name, spec);
          said(`  ${name}: ${row.sample.perSecond.toFixed(0)}/s, p99 ${row.sample.p99} ms`);
          rows.push(row);
        }
        return {
          how: `Load by autocannon in its own process, ${seconds} s for each request type, with ${total.toLocaleString('en')} messages of 200 bytes in the database and a user with ${PEOPLE - 1} conversations. Every answer was a 2xx.`,
          goals: [],
          tables: [
            {
              columns: ['request', 'at once', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU µs each'],
              rows: rows.map(({ name, atOnce, sample: { perSecond, p50, p99 }, cpuUs }) => [
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
