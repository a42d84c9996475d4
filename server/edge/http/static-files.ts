import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { WireAnswer } from './answer.ts';
import type { Header } from './headers.ts';

/** The built client, and pages that the server makes. `methods`: empty where there is no file. */
export interface StaticFiles {
  methods(path: string): readonly string[];
  /** Only for a path that `methods` knows. */
  answer(path: string, headers: ReadonlyMap<string, string>): WireAnswer;
}

interface File {
  readonly bytes: Uint8Array;
  /** Compressed when first asked for, which a start need not wait for. Null where it does not pay. */
  readonly gzipped: (() => Uint8Array) | null;
  /** As the build compressed it (`scripts/brotli-files.ts`); null where it did not. */
  readonly brotli: Uint8Array | null;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  webp: 'image/webp',
  jpg: 'image/jpeg',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = new Set(['html', 'js', 'css', 'json', 'webmanifest', 'svg', 'txt']);
/** Smaller ones fit one packet anyway. */
const GZIP_MIN_BYTES = 1024;
/** A name that holds a hash of its content never changes its content. */
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/;
const METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

/** Whether an `Accept-Encoding` names an encoding, and not with a weight of zero. */
const accepts = (encoding: string): RegExp =>
  new RegExp(String.raw`(?:^|,)\s*${encoding}\s*(?:,|;\s*q=(?!0(?:\.0*)?\s*(?:,|$))|$)`);
const ACCEPTS_BROTLI = accepts('br');
const ACCEPTS_GZIP = accepts('gzip');

/** Pages that are not files, by path. Each is made when it is first asked for. */
export type MadePages = Readonly<Record<string, () => string>>;

/** Reads the client's files once. A request's path is only looked up in maps and never joined to a folder, so no other file
 *  can be reached. */
export const loadStaticFiles = (folder: string, pages: MadePages = {}): StaticFiles => {
  const files = existsSync(join(folder, 'index.html')) ? readFolder(folder) : NOT_BUILT;
  const made = new Map(Object.entries(pages).map(([path, make]) => [path, once(() => pageOf(make()))]));
  return {
    methods: (path) => (files.has(path) || made.has(path) ? METHODS : []),
    answer: (path, headers) => answerOf(files.get(path) ?? made.get(path)?.(), headers),
  };
};

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

const pageOf = (html: string): File => fileOf(Buffer.from(html), 'html', TYPES['html'] ?? '', false);

const readFolder = (folder: string): ReadonlyMap<string, File> => {
  const files = new Map<string, File>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = `/${full.slice(folder.length).split(/[\\/]/).filter(Boolean).join('/')}`;
    const extension = entry.name.slice(entry.name.lastIndexOf('.') + 1);
    const type = TYPES[extension];
    if (!entry.isFile() || type === undefined || path.includes('/.')) continue;
    const hashed = HASHED.test(path);
    const brotli = hashed && existsSync(`${full}.br`) ? readFileSync(`${full}.br`) : null;
    files.set(path, fileOf(readFileSync(full), extension, type, hashed, brotli));
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  const admin = files.get('/admin.html');
  if (admin !== undefined) files.set('/admin', admin);
  return files;
};

const fileOf = (
  bytes: Uint8Array,
  extension: string,
  type: string,
  hashed: boolean,
  brotli: Uint8Array | null = null,
): File => {
  return {
    bytes,
    brotli,
    gzipped:
      COMPRESSIBLE.has(extension) && bytes.length >= GZIP_MIN_BYTES
        ? once(() => gzipSync(bytes, { level: 9 }))
        : null,
    type,
    // Weak: the compressed forms go by the same tag.
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    cacheControl: hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
};

const answerOf = (file: File | undefined, headers: ReadonlyMap<string, string>): WireAnswer => {
  if (file === undefined) throw new Error('no such file: ask methods first');
  const common: Header[] = [
    ['ETag', file.etag],
    ['Cache-Control', file.cacheControl],
    ['Content-Security-Policy', contentSecurityPolicy(headers.get('host') ?? '')],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Vary', 'Accept-Encoding'],
  ];
  if (matches(headers.get('if-none-match') ?? '', file.etag))
    return { status: 304, headers: common, body: null };
  const [encoding, body] = encodedOf(file, headers.get('accept-encoding') ?? '');
  return {
    status: file === NOT_BUILT_PAGE ? 503 : 200,
    headers: [
      ...common,
      ['Content-Type', file.type],
      ...(encoding !== null ? [['Content-Encoding', encoding] as const] : []),
      ...(file === NOT_BUILT_PAGE ? [['Retry-After', '60'] as const] : []),
    ],
    body,
  };
};

/** The smallest form that the client accepts, and its name in `Content-Encoding`; null for the file as it is. */
const encodedOf = (
  { bytes, gzipped, brotli }: File,
  acceptEncoding: string,
): readonly [string | null, Uint8Array] => {
  if (brotli !== null && ACCEPTS_BROTLI.test(acceptEncoding)) return ['br', brotli];
  if (gzipped !== null && ACCEPTS_GZIP.test(acceptEncoding)) return ['gzip', gzipped()];
  return [null, bytes];
};

const matches = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((each) => opaque(each.trim()) === opaque(etag));
const opaque = (etag: string): string => etag.replace(/^W\//, '');

/** Scripts, styles and everything else from here alone. WebKit does not count ws: of the same host as 'self', so it is named. */
export const contentSecurityPolicy = (host: string): string => {
  const sockets = /^[\w.-]+(?::\d+)?$|^\[[\da-fA-F:.]+\](?::\d+)?$/.test(host)
    ? ` ws://${host} wss://${host}`
    : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // The pictures of users come with a token, so they are shown from memory.
    "img-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    // Lit's templates, and the address of our own worker; whatever else would turn text into markup or script throws.
    "require-trusted-types-for 'script'",
    'trusted-types lit-html parley-worker',
  ].join('; ');
};

const NOT_BUILT_PAGE = pageOf(
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Parley</title><h1>The client is not built</h1>' +
    '<p>The server runs and its API answers, but the folder of the web client is empty. ' +
    'Run <code>npm run build</code>, then start the server again.</p></html>\n',
);
const NOT_BUILT: ReadonlyMap<string, File> = new Map([['/', NOT_BUILT_PAGE]]);
