/** Whom the user has blocked. */
export interface BlockedUsers {
  readonly ids: ReadonlySet<string>;
  /** Whether these are all of them. If not, the server has to be asked. */
  readonly isWhole: boolean;
}

export const BLOCKS_UNKNOWN: BlockedUsers = { ids: new Set(), isWhole: false };

/** After the user has blocked somebody, or no longer does. Always a new object, so that it can be seen that something was told. */
export const withBlock = (blocked: BlockedUsers, userId: string, isBlocked: boolean): BlockedUsers => {
  const ids = new Set(blocked.ids);
  if (isBlocked) ids.add(userId);
  else ids.delete(userId);
  return { ...blocked, ids };
};
