import { readFileSync } from 'node:fs';

export interface BundledFile {
  readonly path: string;
  readonly bytes: Buffer;
}

interface Node {
  readonly files?: Readonly<Record<string, Node>>;
  readonly size?: number;
  readonly offset?: string;
}

/** The files of a `resources.neu`, an asar archive: four lengths of 4 bytes, the last that of a JSON tree, the tree, the files. */
export const bundledFiles = (archive: string): readonly BundledFile[] => {
  const all = readFileSync(archive);
  const headerSize = all.readUInt32LE(4);
  const tree = JSON.parse(all.subarray(16, 16 + all.readUInt32LE(12)).toString('utf8')) as Node;
  const start = 8 + headerSize;
  const walk = (node: Node, path: string): BundledFile[] => {
    if (node.files !== undefined)
      return Object.entries(node.files).flatMap(([name, inner]) => walk(inner, `${path}/${name}`));
    const from = start + Number(node.offset);
    return [{ path, bytes: all.subarray(from, from + (node.size ?? 0)) }];
  };
  return walk(tree, '');
};
