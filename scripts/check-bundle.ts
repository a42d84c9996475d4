import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseSync, type Plugin } from 'vite';
import { closureOf, type Imports } from './import-closure.ts';

/** Gzipped JavaScript that the web client loads before it shows the login or the list. */
const FIRST_LOAD_LIMIT_BYTES = 60 * 1024;
/** The first load and the conversation, which comes after the list. */
const CONVERSATION_LIMIT_BYTES = 71 * 1024;
/** Gzipped style sheets of the page: they are loaded beside its first script. */
const STYLES_LIMIT_BYTES = 10 * 1024;
/** The admin page, which is a page of its own, with its login. */
const ADMIN_LIMIT_BYTES = 75 * 1024;
/** All files of the desktop's client, which come from the same machine. A third of it are names of emoji in two languages. */
const DESKTOP_LIMIT_BYTES = 760 * 1024;

/** The files of a built client by name. */
type Files = ReadonlyMap<string, Buffer>;

export type ClientKind = 'web' | 'desktop';

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

const readFiles = (folder: string): Files =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path)]),
  );

/** The files that a script imports statically. Throws when it does not parse. */
const importsIn = (file: string, code: string): readonly string[] => {
  const { module, errors } = parseSync(file, code);
  const [error] = errors;
  if (error !== undefined) throw new SyntaxError(error.message);
  const { staticImports, staticExports } = module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ]
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(file), name).replaceAll('\\', '/'));
};

/** What the page loads by itself. */
const entriesOf = (html: string): readonly string[] =>
  [/<script[^>]*\ssrc="\.?\/?([^"]+)"/g, /<link[^>]*rel="modulepreload"[^>]*\shref="\.?\/?([^"]+)"/g].flatMap(
    (pattern) => [...html.matchAll(pattern)].map(([, file = '']) => file),
  );

/** The style sheets that the page loads by itself. */
const stylesOf = (html: string): readonly string[] =>
  [...html.matchAll(/<link\b[^>]*\shref="\.?\/?([^"]+\.css)"/g)].map(([, file = '']) => file);

/** What the content security policy of the page would refuse. */
const policyFaults = (html: string, scripts: ReadonlyMap<string, string>): readonly string[] => [
  ...[...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>/g)].map(([tag]) => `inline script: ${tag}`),
  ...(/<style|\sstyle="|\son\w+="/.test(html) ? ['a page holds an inline style or handler'] : []),
  ...[...scripts]
    .filter(([, code]) => /\beval\(|new Function\(/.test(code))
    .map(([file]) => `${file} evaluates text`),
];

const overLimit = (what: string, bytes: number, limit: number): readonly string[] =>
  bytes > limit ? [`${what} is ${String(bytes)} bytes, the limit is ${String(limit)}`] : [];

const gzipped = (files: Files, names: Iterable<string>): number =>
  [...names].reduce((sum, file) => sum + gzipSync(files.get(file) ?? '', { level: 9 }).length, 0);

/** The size of everything that a view loads: the page's own scripts and the named chunks. */
const loadOf = (chunks: readonly string[], files: Files, entries: readonly string[], imports: Imports) => {
  const found = chunks.flatMap((chunk) =>
    [...imports.keys()].filter((file) => file.startsWith(`assets/${chunk}-`)),
  );
  const loaded = [...closureOf([...entries, ...found], imports)];
  const bytes = gzipped(files, loaded);
  const faults = found.length < chunks.length ? [`there is no ${chunks.join(' or no ')}`] : [];
  return { bytes, faults, text: `${kilobytes(bytes)} KB in ${String(loaded.length)} files` };
};

/** Throws when a built client is larger than its limit, when an emitted file does not parse (a wrong decorator setting builds green
 *  and ships code that does not run), or when the page holds what its content security policy forbids. Returns its size as a
 *  sentence. */
const checkClient = (folder: string, kind: ClientKind): string => {
  const files = readFiles(folder);
  const html = files.get('index.html')?.toString() ?? '';
  const scripts = new Map(
    [...files].filter(([file]) => file.endsWith('.js')).map(([file, bytes]) => [file, bytes.toString()]),
  );
  const faults = [...policyFaults(html, scripts)];
  const imports = new Map<string, readonly string[]>();
  for (const [file, code] of scripts) {
    try {
      imports.set(file, importsIn(file, code));
    } catch (error) {
      faults.push(`${file} does not parse: ${String(error)}`);
    }
  }
  const entries = entriesOf(html);
  if (entries.length === 0) faults.push('index.html loads no script');
  // A user who is signed out gets the login, one who is signed in gets the list: each is a first load of its own.
  const loadWith = (...chunks: readonly string[]) => loadOf(chunks, files, entries, imports);
  const [login, list] = [loadWith('login-screen'), loadWith('chat-screen')];
  const conversation = loadWith('chat-screen', 'conversation-view');
  for (const load of [login, list, conversation]) faults.push(...load.faults);
  const styles = gzipped(files, stylesOf(html));
  const adminHtml = files.get('admin.html')?.toString() ?? '';
  const adminEntries = entriesOf(adminHtml);
  const admin = loadOf(['login-screen'], files, adminEntries, imports);
  if (kind === 'web') {
    faults.push(...policyFaults(adminHtml, new Map()));
    if (adminEntries.length === 0) faults.push('admin.html loads no script');
    for (const entry of adminEntries)
      if (closureOf(entries, imports).has(entry)) faults.push('the chat loads the admin page');
    faults.push(...overLimit('the admin page', admin.bytes, ADMIN_LIMIT_BYTES));
  }
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  if (kind === 'desktop')
    faults.push(...overLimit('the client of the desktop app', total, DESKTOP_LIMIT_BYTES));
  else {
    faults.push(
      ...overLimit('the first load', Math.max(login.bytes, list.bytes), FIRST_LOAD_LIMIT_BYTES),
      ...overLimit('what a conversation loads', conversation.bytes, CONVERSATION_LIMIT_BYTES),
      ...overLimit('the first load of styles', styles, STYLES_LIMIT_BYTES),
    );
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return kind === 'desktop'
    ? `Client of the desktop app: ${kilobytes(total)} KB in ${String(files.size)} files (limit ${kilobytes(DESKTOP_LIMIT_BYTES)} KB)`
    : `First load, gzipped: ${login.text} (login), ${list.text} (list), ${conversation.text} (conversation), ${kilobytes(styles)} KB of styles; limit ${kilobytes(FIRST_LOAD_LIMIT_BYTES)} KB. Admin page: ${admin.text}`;
};

/** A Vite plugin: the build fails when the client that it wrote breaks one of the limits above. */
export const checkBundle = (folder: string, kind: ClientKind): Plugin => ({
  name: 'parley:check-bundle',
  // Not `closeBundle`: that comes after a failure too, and would hide it.
  writeBundle: {
    sequential: true,
    order: 'post',
    handler() {
      this.info(checkClient(folder, kind));
    },
  },
});
