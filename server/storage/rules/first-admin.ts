import type { Audit } from '../writes.ts';

/** Who made the first admin, for the audit log: whoever had the link that the server printed [A11]. */
export const FIRST_ADMIN_AUDIT: Audit = { actor: 'server', origin: 'first-admin link' };
