import { fileURLToPath } from 'node:url';

/** The client's sources, seen from `dist/client/test/ui/`: for what is checked as text. */
export const uiSources = fileURLToPath(new URL('../../../../ui/', import.meta.url));
