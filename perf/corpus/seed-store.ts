import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { commitAll } from '../servers/seed.ts';
import { Corpus } from './corpus.ts';

const CHARACTERS = 100;
const GROUP = 500;

/** Writes the users of the corpus and `count` messages into a data folder, without a search index. */
export const seedStore = (dataDir: string, count: number): void => {
  const corpus = new Corpus(CHARACTERS);
  const writer = openWriter(dataDir);
  corpus.enrol(writer);
  for (let written = 0; written < count; written += GROUP)
    commitAll(writer, corpus.messages(Math.min(GROUP, count - written)));
  writer.close();
};
