import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { filesOf } from './files-of.ts';

const PAGE = 4_096;

/** The tables, or files, whose bytes hold a text; `free` is a page of no table. */
export const placesOf = (dir: string, needle: string): readonly string[] => {
  const db = new Database(join(dir, DATABASE_FILE), { readonly: true });
  const owner = new Map(db.prepare<[], [number, string]>('SELECT pageno, name FROM dbstat').raw().all());
  db.close();
  const places = [...filesOf(dir)].flatMap(([file, content]) => {
    const bytes = content.toString('latin1');
    const found: string[] = [];
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      found.push(file === DATABASE_FILE ? (owner.get(Math.floor(at / PAGE) + 1) ?? 'free') : file);
    }
    return found;
  });
  return [...new Set(places)].sort();
};
