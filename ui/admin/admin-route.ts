/** The sections of the admin page, in the order of their links. */
export const SECTIONS = [
  'overview',
  'inspector',
  'users',
  'invites',
  'backups',
  'settings',
  'audit',
] as const;
export type SectionName = (typeof SECTIONS)[number];

/** Where the admin page is: the part of its address after `#`. `user`: the one whose page is open. */
export interface AdminRoute {
  readonly section: SectionName;
  readonly user: string | null;
}

export const parseAdminRoute = (hash: string): AdminRoute => {
  const [, name = '', , user = null] = /^#\/([a-z]+)(\/([a-z0-9._-]{1,32}))?$/.exec(hash) ?? [];
  const section = SECTIONS.find((each) => each === name) ?? 'overview';
  return { section, user: section === 'users' ? user : null };
};

export const adminHash = (section: SectionName, user?: string): string =>
  user === undefined ? `#/${section}` : `#/${section}/${user}`;
