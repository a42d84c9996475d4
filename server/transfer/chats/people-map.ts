import { readFileSync } from 'node:fs';
import { usernameFault } from '../../protocol/fields.ts';
import { TransferError } from '../../storage/transfer/transfer-error.ts';
import { systemFault } from '../transfer-files.ts';
import { fieldsOf } from './chat-item.ts';

/** Who is whom: the id or a name from the file of another program → a username. */
export type PeopleMap = ReadonlyMap<string, string>;

/** Reads `name = username` line by line, or one JSON object. @throws TransferError `missing`, `system`, `mapping` */
export const readPeopleMap = (path: string): PeopleMap => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw systemFault(path, error);
  }
  const map = new Map<string, string>();
  for (const [place, name, username] of /^\s*\{/.test(text)
    ? jsonEntries(path, text)
    : lineEntries(path, text)) {
    const fault = usernameFault(username);
    if (fault !== null) throw wrong(path, `${place}: the username ${JSON.stringify(username)} ${fault}`);
    if (map.has(name)) throw wrong(path, `${place}: ${JSON.stringify(name)} is there twice`);
    map.set(name, username.toLowerCase());
  }
  return map;
};

type Entry = readonly [place: string, name: string, username: string];

function* jsonEntries(path: string, text: string): Generator<Entry, void, void> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(path, 'it begins like JSON, and is none', error);
  }
  for (const [name, username] of Object.entries(fieldsOf(value) ?? {})) {
    if (typeof username !== 'string') throw wrong(path, `${JSON.stringify(name)} has no username`);
    yield [JSON.stringify(name), name, username];
  }
}

function* lineEntries(path: string, text: string): Generator<Entry, void, void> {
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const place = `line ${String(index + 1)}`;
    // Names may hold this sign, and usernames don't.
    const at = line.lastIndexOf('=');
    if (at === -1) throw wrong(path, `${place}: it is not of the form NAME = USERNAME`);
    yield [place, line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }
}

const wrong = (path: string, what: string, cause?: unknown): TransferError =>
  new TransferError('mapping', `${path} can't be used as a mapping: ${what}`, cause);
