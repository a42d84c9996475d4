import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './paths.ts';

/** What the tests read of `neutralino.config.json`. */
export interface DesktopConfig {
  readonly version: string;
  readonly applicationId: string;
  readonly port: number;
  readonly url: string;
  readonly documentRoot: string;
  readonly nativeAllowList: readonly string[];
  readonly serverHeaders: Readonly<Record<string, string>>;
  readonly modes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cli: Readonly<Record<string, string>>;
}

export const desktopConfig = JSON.parse(
  readFileSync(join(repositoryRoot, 'neutralino.config.json'), 'utf8'),
) as DesktopConfig & Readonly<Record<string, unknown>>;

/** The sources of a policy, by directive. */
export const policyOf = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    text.split(';').map((part) => {
      const [name = '', ...sources] = part.trim().split(/\s+/);
      return [name, sources];
    }),
  );
