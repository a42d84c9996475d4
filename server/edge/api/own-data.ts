import type { RequestIdentity } from '../../actors/services/tokens.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { exportLink, exportLinkParams } from '../../protocol/resources/own-data.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { ClientAddress } from '../auth/address.ts';
import { LINK_TTL_S } from '../auth/download-links.ts';
import type { EdgeDeps } from '../deps.ts';
import { SANDBOXED, type Header } from '../http/headers.ts';
import { ownSessions } from './me.ts';
import { answer, FileOf, openRoute, route } from './route.ts';
import { ownUser } from './sign-in.ts';

const ZIP = 'application/zip';

/** Nobody keeps it on the way, and nothing in it runs. A username needs no quoting. */
const policyOf = (username: string, at: number): readonly Header[] => [
  ['Content-Disposition', `attachment; filename="parley-export-${username}-${rfc3339(at).slice(0, 10)}.zip"`],
  ['Cache-Control', 'no-store'],
  ...SANDBOXED,
];

type Asker = Pick<RequestIdentity, 'userId' | 'username' | 'sessionId'>;

/** `onBegun`: see `OwnDataExports.begin`. */
const exported = async (
  deps: EdgeDeps,
  who: Asker,
  { address }: ClientAddress,
  onBegun: () => void = () => undefined,
) => {
  const { userId, sessionId, username } = who;
  deps.ownDataExports.check(userId);
  const [user, session, sessions, avatar] = await Promise.all([
    ownUser(deps, userId),
    deps.queries.session(sessionId),
    ownSessions(deps, who),
    deps.read('avatar', userId),
  ]);
  if (session === null) throw new ParleyError('unauthorized', 'This session has ended.');
  const own = { user: { ...user, role: session.role }, sessions, avatar };
  const stream = deps.ownDataExports.begin(who, own, () => {
    deps.log.info({ userId, sessionId, address }, 'auth.export');
    onBegun();
  });
  return { status: 200, file: { type: ZIP, stream }, policy: policyOf(username, deps.clock.now()) } as const;
};

const ownExport = route({
  method: 'GET',
  path: '/users/me/export',
  tag: 'accounts',
  summary: 'Export the user’s data',
  description:
    'Streams everything of the user as a ZIP file: profile, sessions, conversations and messages, as JSON lines and as pages to read. It has no `Content-Length`; if anything goes wrong on the way, the connection is closed before the end of the answer. A user can have one export under way.',
  answers: { 200: new FileOf([ZIP]) },
  errors: ['too_many_requests'],
  handle: ({ deps, who, client }) => exported(deps, who, client),
});

const link = route({
  method: 'POST',
  path: '/users/me/export/link',
  tag: 'accounts',
  summary: 'Make a link to an export',
  description:
    'Returns a path under which a browser can download the export of the user without a header, so that it saves the file by itself. It can be used once, within a minute, and while the session exists.',
  answers: { 201: exportLink },
  errors: ['too_many_requests'],
  async handle({ deps, who }) {
    deps.ownDataExports.check(who.userId);
    const token = await deps.downloadLinks.issue(who);
    return answer(201, { path: `/exports/${token}`, expires_in: LINK_TTL_S });
  },
});

const linkedExport = openRoute({
  method: 'GET',
  path: '/exports/:token',
  tag: 'accounts',
  summary: 'Export by a link',
  description:
    'Answers like `GET /users/me/export`, for the user who made the link. `gone` if the link was used, has expired, or never existed, and if its session has ended.',
  params: exportLinkParams,
  answers: { 200: new FileOf([ZIP]) },
  errors: ['gone', 'too_many_requests'],
  async handle({ deps, params: { token }, client }) {
    const opened = await deps.downloadLinks.open(token);
    if (opened === null) throw new ParleyError('gone', 'This link was used or has expired. Make a new one.');
    return exported(deps, opened.who, client, opened.use);
  },
});

export const ownDataRoutes = [ownExport, link, linkedExport];
