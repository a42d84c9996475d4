import { ParleyError } from '../../protocol/errors.ts';
import { AVATAR_TYPES, type AvatarType } from '../../protocol/avatar-type.ts';
import { AVATAR_MAX_BYTES, AVATAR_MAX_PIXELS } from '../../protocol/limits.ts';
import { idParams } from '../../protocol/resources/query.ts';
import { livingUser, profileBody } from '../../protocol/resources/user.ts';
import { avatarVersion } from '../../storage/avatar-version.ts';
import type { Writes } from '../../storage/writes.ts';
import type { EdgeDeps } from '../deps.ts';
import { isKnown } from '../http/etag.ts';
import { SANDBOXED, type Header } from '../http/headers.ts';
import { ImageFault, type Image } from '../images/image.ts';
import { readImage } from '../images/read-image.ts';
import { answer, done, FileOf, route, type SentFile } from './route.ts';
import { limited, ownUser } from './sign-in.ts';

/** Carries out a change within the user's budget, which it only spends if something has changed. @throws ParleyError `too_many_requests`
 *  [U8] */
const changed = async <W extends 'changeProfile' | 'setAvatar'>(
  { profileChanges, write }: EdgeDeps,
  type: W,
  input: Writes[W]['in'],
): Promise<Writes[W]['out']> => {
  const { userId } = input;
  if (!profileChanges.take(userId))
    throw limited(
      Math.max(1, profileChanges.secondsToWait(userId)),
      'You have changed your profile too often; try again later.',
    );
  let hasChanged = false;
  try {
    const outcome = await write(type, input);
    hasChanged = outcome.kind === 'changed';
    if (outcome.kind === 'not-found') throw new ParleyError('unauthorized', 'This account is gone.');
    return outcome;
  } finally {
    // Whoever tries again while the store takes nothing is not told afterwards that they have changed too much.
    if (!hasChanged) profileChanges.giveBack(userId);
  }
};

const change = route({
  method: 'PATCH',
  path: '/users/me',
  tag: 'accounts',
  summary: 'Change the profile',
  description:
    'Changes what the user has chosen to show, and returns the user. A field that is not given stays as it is. Everybody who shares a conversation with the user is told.',
  body: profileBody,
  answers: { 200: livingUser },
  errors: ['too_many_requests'],
  async handle({ deps, who: { userId }, body: { display_name, about } }) {
    if (display_name === undefined && about === undefined) return answer(200, await ownUser(deps, userId));
    const outcome = await changed(deps, 'changeProfile', {
      userId,
      ...(display_name !== undefined && { displayName: display_name }),
      // Nothing but white space says nothing.
      ...(about !== undefined && { about: about === '' ? null : about }),
    });
    if (outcome.kind === 'name-refused')
      throw new ParleyError('bad_request', 'The body is not valid.', {
        errors: [{ path: 'display_name', message: 'is what deleted users are called' }],
      });
    return answer(200, await ownUser(deps, userId));
  },
});

const putAvatar = route({
  method: 'PUT',
  path: '/users/me/avatar',
  tag: 'accounts',
  summary: 'Set the avatar',
  description: `Sets the user’s avatar: an image that is not animated, with at most ${String(AVATAR_MAX_PIXELS)} pixels a side and ${String(AVATAR_MAX_BYTES)} bytes. What it says besides its picture, such as a place, is removed.`,
  upload: new FileOf(AVATAR_TYPES, AVATAR_MAX_BYTES),
  answers: { 204: null },
  errors: ['too_many_requests'],
  async handle({ deps, who: { userId }, upload }) {
    const { type, bytes } = imageOf(upload);
    await changed(deps, 'setAvatar', { userId, avatar: { type, version: avatarVersion(bytes), bytes } });
    return done;
  },
});

/** @throws ParleyError `bad_request` for what is no image of the type that it is sent as */
const imageOf = ({ type, bytes }: SentFile): Image => {
  try {
    const image = readImage(bytes);
    if (image.type !== type) throw new ImageFault(`The image is not ${type}.`);
    return image;
  } catch (error) {
    throw error instanceof ImageFault ? new ParleyError('bad_request', error.message) : error;
  }
};

const removeAvatar = route({
  method: 'DELETE',
  path: '/users/me/avatar',
  tag: 'accounts',
  summary: 'Remove the avatar',
  description: 'Removes the user’s avatar. Does nothing if there is none.',
  answers: { 204: null },
  errors: ['too_many_requests'],
  async handle({ deps, who: { userId } }) {
    await changed(deps, 'setAvatar', { userId, avatar: null });
    return done;
  },
});

const noAvatar = (): ParleyError => new ParleyError('not_found', 'There is no such avatar.');

/** A browser asks each time whether an image is still the same. Nothing in it runs, wherever it is shown. */
const policyOf = (version: string, name: string): readonly Header[] => [
  ['ETag', `"${version}"`],
  ['Cache-Control', 'private, no-cache'],
  ...SANDBOXED,
  ['Content-Disposition', `attachment; filename="${name}"`],
];
const FILE_NAMES: Readonly<Record<AvatarType, string>> = {
  'image/png': 'avatar.png',
  'image/jpeg': 'avatar.jpg',
  'image/webp': 'avatar.webp',
};

const getAvatar = route({
  method: 'GET',
  path: '/users/:id/avatar',
  tag: 'users',
  summary: 'Get an avatar',
  description:
    'Returns the avatar of a user as an image, with its version as `ETag`. `not_found` if the user has none or is deleted.',
  params: idParams,
  answers: { 200: new FileOf(AVATAR_TYPES), 304: null },
  errors: ['not_found'],
  async handle({ deps, who, params, ifNoneMatch }) {
    const user = await deps.read('user', who.userId, params.id);
    if (user === null || 'deleted' in user || user.avatar === null) throw noAvatar();
    if (isKnown(ifNoneMatch, user.avatar))
      return { status: 304, policy: policyOf(user.avatar, 'avatar') } as const;
    const found = await deps.read('avatar', params.id);
    if (found === null) throw noAvatar();
    const { type, version, bytes } = found;
    return { status: 200, file: { type, bytes }, policy: policyOf(version, FILE_NAMES[type]) } as const;
  },
});

export const profileRoutes = [change, putAvatar, removeAvatar, getAvatar];
