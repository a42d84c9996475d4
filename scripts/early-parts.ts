import type { Plugin, Rolldown } from 'vite';
import { closureOf, type Imports } from './import-closure.ts';

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

const importsOf = (bundle: Bundle): Imports =>
  new Map(
    Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each.imports]] : [])),
  );

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
      const imports = importsOf(bundle);
      const needed = closureOf([first.fileName], imports);
      const list = LIST.map((module) => chunkOf(bundle, module).fileName);
      const more = [...closureOf(list, imports)]
        .filter((file) => !needed.has(file))
        .map((file) => `./${file}`);
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
