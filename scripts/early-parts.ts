import type { Plugin, Rolldown } from 'vite';

/** What the list waits for, besides what the first script imports: its screen, and the connection. */
const LIST = ['/ui/elements/screen/chat-screen.ts', '/ui/net/link.ts'];

type Bundle = Rolldown.OutputBundle;

/** A chunk by a module that it holds. */
const chunkOf = (bundle: Bundle, module: string): Rolldown.OutputChunk => {
  const chunk = Object.values(bundle).find(
    (each): each is Rolldown.OutputChunk =>
      each.type === 'chunk' && each.moduleIds.some((id) => id.endsWith(module)),
  );
  if (chunk === undefined) throw new Error(`no chunk holds ${module}`);
  return chunk;
};

/** A chunk and all that it imports before it runs, in the order in which they are needed. */
const closureOf = (bundle: Bundle, first: Rolldown.OutputChunk): ReadonlySet<string> => {
  const files = new Set<string>();
  const add = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const chunk = bundle[file];
    if (chunk?.type === 'chunk') chunk.imports.forEach(add);
  };
  add(first.fileName);
  return files;
};

/** A Vite plugin: the page names what its first script imports, so that it is loaded beside it and not after it, and tells `ui/boot.ts`
 *  what the list needs besides. On a slow line each step from a script to what it imports costs a round trip. */
export const earlyParts = (): Plugin => ({
  name: 'parley:early-parts',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {}, filename }) => {
      if (!filename.endsWith('index.html')) return [];
      const boot = chunkOf(bundle, '/ui/boot.ts');
      const first = chunkOf(bundle, '/ui/main.ts');
      const needed = closureOf(bundle, first);
      const list = LIST.flatMap((module) => [...closureOf(bundle, chunkOf(bundle, module))]);
      const more = [...new Set(list)].filter((file) => !needed.has(file)).map((file) => `./${file}`);
      return [
        { tag: 'meta', attrs: { name: 'parley-list', content: more.join(' ') }, injectTo: 'head' },
        {
          tag: 'script',
          attrs: { type: 'module', crossorigin: true, src: `./${boot.fileName}` },
          injectTo: 'head-prepend',
        },
        ...[...needed]
          .filter((file) => file !== first.fileName)
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` },
            injectTo: 'head' as const,
          })),
      ];
    },
  },
});
