import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parseAst } from 'vite';

/** `node scripts/check-bundle.mjs [folder] [web|desktop]`: fails when the built web client loads more than 60 KB of gzipped
 *  JavaScript before it shows something, when all files of the desktop's, which come from the same machine, are more than
 *  350 KB, when an emitted file does not parse (a wrong decorator setting builds green and ships code that does not run), or
 *  when the page holds what its content security policy forbids. */
const LIMIT_BYTES = 60 * 1024;
/** The first load and the conversation, which comes after the list. */
const CONVERSATION_LIMIT_BYTES = 68 * 1024;
const DESKTOP_LIMIT_BYTES = 350 * 1024;
const desktop = process.argv[3] === 'desktop';
const folder = process.argv[2] ?? join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist/ui');
const faults = [];

const read = (file) => readFileSync(join(folder, file), 'utf8');
if (!existsSync(join(folder, 'index.html'))) {
  console.error(`No client in ${folder}: run \`npm run build\` first.`);
  process.exit(1);
}

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
const scripts = files.filter((file) => file.endsWith('.js'));

/** Files a script imports before it runs. */
const imports = new Map();
for (const file of scripts) {
  try {
    const { body } = parseAst(read(file));
    const named = body.flatMap(({ source }) => (source ? [source.value] : []));
    imports.set(
      file,
      named
        .filter((name) => name.startsWith('.'))
        .map((name) => join(dirname(file), name).replaceAll('\\', '/')),
    );
  } catch (error) {
    faults.push(`${file} does not parse: ${error.message}`);
  }
}

const html = read('index.html');
const first = new Set();
const load = (file, loaded) => {
  if (loaded.has(file)) return;
  loaded.add(file);
  for (const imported of imports.get(file) ?? []) load(imported, loaded);
};
for (const [, src] of html.matchAll(/<script[^>]*\ssrc="\.?\/?([^"]+)"/g)) load(src, first);
for (const [, href] of html.matchAll(/<link[^>]*rel="modulepreload"[^>]*\shref="\.?\/?([^"]+)"/g))
  load(href, first);
if (first.size === 0) faults.push('index.html loads no script');

for (const [tag] of html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>/g)) faults.push(`inline script: ${tag}`);
if (/<style|\sstyle="|\son\w+="/.test(html)) faults.push('index.html holds an inline style or handler');
for (const file of scripts)
  if (/\beval\(|new Function\(/.test(read(file))) faults.push(`${file} evaluates text`);

/** Whoever starts signed out gets the login, whoever is signed in the chat: each is a first load of its own. */
const bytesWith = (parts) => {
  const names = parts.flatMap((part) => scripts.filter((file) => file.startsWith(`assets/${part}-`)));
  if (names.length < parts.length) faults.push(`there is no ${parts.join(' or no ')}`);
  const loaded = new Set(first);
  for (const name of names) load(name, loaded);
  const size = [...loaded].reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0);
  return { size, files: loaded.size };
};
const loads = [['login-screen'], ['chat-screen'], ['chat-screen', 'conversation-view']].map(bytesWith);
const bytes = Math.max(...loads.slice(0, 2).map(({ size }) => size));
const withConversation = loads[2]?.size ?? 0;
if (!desktop && withConversation > CONVERSATION_LIMIT_BYTES)
  faults.push(`a conversation takes ${withConversation} bytes, the limit is ${CONVERSATION_LIMIT_BYTES}`);
if (!desktop && bytes > LIMIT_BYTES)
  faults.push(`first load is ${bytes} bytes of gzipped JavaScript, the limit is ${LIMIT_BYTES}`);
const total = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
if (desktop && total > DESKTOP_LIMIT_BYTES)
  faults.push(`the desktop's files are ${total} bytes, the limit is ${DESKTOP_LIMIT_BYTES}`);

console.log(
  desktop
    ? `Desktop resources: ${(total / 1024).toFixed(1)} KB in ${files.length} files (limit 350); ${scripts.length} files parsed.`
    : `First load: ${loads.map(({ size, files: count }) => `${(size / 1024).toFixed(1)} KB in ${count} files`).join(', ')} (logged out; list; with a conversation) of gzipped JavaScript (limit 60 KB); ${scripts.length} files parsed.`,
);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
