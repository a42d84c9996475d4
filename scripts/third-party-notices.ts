import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The file that stands beside every bundle, for people. */
export const NOTICES_FILE = 'third-party-notices.txt';
const INTRODUCTION = 'Parley holds the work of others, under the licences below.\n';
const RULE = `\n${'='.repeat(78)}\n`;
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;

/** A work of others that a bundle holds. */
export interface Work {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}
interface Notice extends Work {
  readonly text: string;
}

/** The folder of the package that a module belongs to, or null for our own. */
const packageFolder = (id: string): string | null => {
  const at = id.lastIndexOf('/node_modules/');
  if (at === -1) return null;
  const [scope = '', name = ''] = id.slice(at + '/node_modules/'.length).split('/');
  return join(id.slice(0, at), 'node_modules', scope, scope.startsWith('@') ? name : '');
};

/** `textless`: the text for a package that brings none; without it such a package is an error. */
const packageNotice = (folder: string, textless?: (license: string) => string): Notice => {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Partial<Work>;
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const isNamed = name !== undefined && version !== undefined && typeof license === 'string';
  if (!isNamed || (files.length === 0 && textless === undefined)) {
    throw new Error(
      `${name ?? folder}@${version ?? '?'} is bundled and has no licence text, which has to go along with it`,
    );
  }
  const text = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, license, text: text.join('\n\n') || (textless?.(license) ?? '') };
};

/** Work of others that was copied into our own sources: that in `icons.ts` has its notice in `icons.notice.txt`, which begins
 *  with a line of name, version and licence. */
const ownNotice = (id: string): readonly Notice[] => {
  const file = id.replace(/\.\w+$/, '.notice.txt');
  if (!existsSync(file)) return [];
  const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  const [name, version, license] = first.split(' | ');
  if (name === undefined || version === undefined || license === undefined) {
    throw new Error(`${file} does not begin with "name | version | licence"`);
  }
  return [{ name, version, license, text: rest.join('\n').trim() }];
};

const noticesOf = (ids: readonly string[], data: readonly string[]): readonly Notice[] => {
  const folders = new Set([
    ...ids.map(packageFolder).filter((folder) => folder !== null),
    ...data.map((name) => join('node_modules', name)),
  ]);
  const own = ids.filter((id) => packageFolder(id) === null).flatMap(ownNotice);
  return [...[...folders].map((folder) => packageNotice(folder)), ...own].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
};

const HEAD = /^\* (\S+) (\S+) \((.+)\)$/gm;

const groupByText = (notices: readonly Notice[]): ReadonlyMap<string, readonly Work[]> => {
  const byText = new Map<string, readonly Work[]>();
  for (const notice of notices) byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice]);
  return byText;
};

/** Every work once, with those that have the same text together. */
const asText = (notices: readonly Notice[]): string => {
  const sections = [...groupByText(notices)].map(([text, works]) => {
    const heads = works.map(({ name, version, license }) => `* ${name} ${version} (${license})`);
    return `${heads.join('\n')}\n\n${text}\n`;
  });
  return [INTRODUCTION, ...sections].join(RULE);
};

/** The notices of packages that are shipped as they are. Some bring no text of their licence, only its name. */
export const noticesOfPackages = (folders: readonly string[]): string =>
  asText(
    folders
      .map((folder) =>
        packageNotice(folder, (license) => `The package holds no text of its licence, ${license}.`),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );

/** The notice of a work that is no package. */
export const noticeOf = (work: Work, text: string): string => asText([{ ...work, text: text.trim() }]);

/** One text of several that were made here, with each section once. */
export const mergeNotices = (texts: readonly string[]): string =>
  [INTRODUCTION, ...new Set(texts.flatMap((text) => text.split(RULE).slice(1)))].join(RULE);

/** What a text made here lists. */
export const listedIn = (text: string): readonly Work[] =>
  [...text.matchAll(HEAD)].map(([, name = '', version = '', license = '']) => ({ name, version, license }));

/** A Vite plugin: writes the notices of everything that went into the bundle beside it. The build fails when a package that
 *  went in has no licence text. `data`: packages that are no modules of the bundle, and of whose data a part goes along. */
export const thirdPartyNotices = (data: readonly string[] = []): Plugin => ({
  name: 'parley:third-party-notices',
  apply: 'build',
  generateBundle(_options, bundle) {
    const ids = Object.values(bundle)
      .flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
      .map((id) => id.replace(/^\0/, '').replace(/\?.*$/, '').replaceAll('\\', '/'));
    const notices = noticesOf([...new Set(ids)], data);
    this.emitFile({ type: 'asset', fileName: NOTICES_FILE, source: asText(notices) });
  },
});
