import { ExpectedError } from '../command.mjs';

const PASSWORD = 'Correct-Horse-7';

/** Registers or logs in. */
export const posted = (
  url: string,
  path: '/auth/register' | '/auth/login',
  username: string,
  more: object = {},
): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD, ...more }),
  });

/** Stores what only this version knows of. With PostgreSQL, hosts of the version before may run until then. */
export const storeWhatIsNew = async (url: string, username: string): Promise<number> => {
  const login = await posted(url, '/auth/login', username);
  if (login.status !== 200) throw new ExpectedError(`FAILED: ${username} cannot log in`);
  const { access_token: token } = (await login.json()) as { access_token: string };
  const { status } = await fetch(`${url}/attachments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'text/plain',
      'content-disposition': "attachment; filename*=UTF-8''new.txt",
    },
    body: 'what is new',
  });
  return status;
};
