import type { Writes } from '../../writes.ts';
import type { AccountWriteMessage, AccountWriteName } from './account-write.ts';

type KeysOf<W extends AccountWriteName> = (input: Writes[W]['in']) => readonly string[];

const user = ({ userId }: { readonly userId: string }): readonly string[] => [`user ${userId}`];
const named = ({ username }: { readonly username: string }): readonly string[] => [
  `name ${username.toLowerCase()}`,
];
const address = ({ key }: { readonly key: string }): readonly string[] => [`address ${key}`];
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** What a write is about. */
const KEYS: { readonly [W in AccountWriteName]: KeysOf<W> } = {
  registerUser: (input) => [
    ...named(input),
    ...(input.signups === null ? [] : [`signups ${input.signups.key}`]),
    ...(input.inviteHash === null ? [] : [`invite ${hex(input.inviteHash)}`]),
  ],
  openSession: user,
  rotateRefresh: ({ hash }) => [`token ${hex(hash)}`],
  endSession: user,
  changePassword: user,
  deleteUser: user,
  changeProfile: user,
  setAvatar: user,
  subscribePush: user,
  unsubscribePush: user,
  addAttachment: user,
  takeRemovedFiles: () => ['files'],
  continueSteps: () => ['deletions'],
  enterLogin: address,
  settleLogin: address,
  unlockLogins: (input) => ('key' in input ? address(input) : named(input)),
  createInvite: () => ['invites'],
  revokeInvite: () => ['invites'],
  offerFirstAdmin: ({ hash }) => [`invite ${hex(hash)}`],
  setUserRole: named,
  setUserDisabled: named,
  createPasswordReset: named,
  usePasswordReset: ({ codeHash }) => [`code ${hex(codeHash)}`],
  recordAudit: () => ['audit'],
  heartbeat: () => ['hosts'],
  openConnection: user,
  closeConnections: user,
  showConnection: user,
  settlePresence: user,
  settleAbandoned: () => ['hosts'],
  startRetention: () => ['retention'],
  removeMessages: () => ['retention'],
  endRetention: () => ['retention'],
  prune: () => ['prune'],
  probe: () => ['probe'],
};

/** Two writes that share a key are applied one after the other. What else they have in common, the locks of the database order. */
export const keysOf = ({ type, input }: AccountWriteMessage): readonly string[] =>
  (KEYS[type] as (input: unknown) => readonly string[])(input);
