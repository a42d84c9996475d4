import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectStatus, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import type { SignedIn } from '../../server/protocol/resources/account.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const linkOf = async (server: ServerProcess): Promise<string> =>
  String((await server.run.line('admin.first-link'))['link']);
const codeOf = (link: string): string => /#\/invite\/([0-9a-f]{32})$/.exec(link)?.[1] ?? '';

const register = (server: ServerProcess, username: string, invite?: string): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/register`, { body: { username, password: PASSWORD, invite } });

/** Registers, and returns the role. */
const roleOf = async (server: ServerProcess, username: string, invite?: string): Promise<string> => {
  const { access_token: token } = expectStatus(
    await register(server, username, invite),
    201,
  ).json<SignedIn>();
  const me = await http('GET', `${server.url}/users/me`, { token });
  return expectStatus(me, 200).json<{ role: string }>().role;
};

const isEmptyStart = (server: ServerProcess): boolean => server.run.output.includes('admin.first-link');

for (const registration of ['open', 'invite', 'closed']) {
  (registration === 'closed' ? test : testInExtended)(
    `[A11] the link of an empty server makes one admin, with registration ${registration}`,
    async (t) => {
      const server = await ServerProcess.start(t, { PARLEY_REGISTRATION: registration });
      const first = await linkOf(server);
      assert.ok(first.startsWith(`${server.url}/`), first);
      await server.kill('SIGTERM');
      await server.restart();
      const link = await linkOf(server);
      await eventually('people to read it too', () =>
        server.run.output.includes(` makes one admin: ${link}\n`),
      );
      assert.notEqual(codeOf(link), codeOf(first));
      if (registration !== 'open') expectStatus(await register(server, 'eve', codeOf(first)), 403);
      else assert.equal(await roleOf(server, 'eve', codeOf(first)), 'user', 'whoever comes first is nobody');
      expectStatus(
        await http('POST', `${server.url}/auth/register`, {
          body: { username: 'ada', password: 'weak', invite: codeOf(link) },
        }),
        400,
      );
      assert.equal(await roleOf(server, 'ada', codeOf(link)), 'admin');
      if (registration !== 'open') {
        const again = expectStatus(await register(server, 'ben', codeOf(link)), 403).json<Problem>();
        assert.deepEqual(
          again.errors?.map(({ path }) => path),
          registration === 'invite' ? ['invite'] : undefined,
          '[A8]',
        );
      } else assert.equal(await roleOf(server, 'ben', codeOf(link)), 'user');
      await server.kill('SIGTERM');
      await server.restart();
      await http('GET', `${server.url}/healthz`);
      assert.equal(isEmptyStart(server), false, 'a server with users prints none');
    },
  );
}
