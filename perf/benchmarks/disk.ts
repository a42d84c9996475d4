import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { Corpus } from '../corpus/corpus.ts';
import { folderBytes } from '../machine/disk.ts';
import { inFolder } from '../servers/server.ts';
import type { Benchmark } from './benchmark.ts';
import { goal } from './load-tables.ts';

const LENGTH = 40;

/** What a message takes, with all that comes with it. */
export const disk: Benchmark = {
  id: 'disk',
  title: 'Bytes on disk for a message of 40 characters',
  measure: ({ quick }) =>
    inFolder((dir) => {
      const total = quick ? 50_000 : 200_000;
      const corpus = new Corpus(LENGTH);
      const writer = openWriter(dir);
      corpus.enrol(writer);
      const empty = folderBytes(dir);
      corpus.say(writer, total);
      writer.close();
      const bytes = (folderBytes(dir) - empty) / total;
      return Promise.resolve({
        how: `${total.toLocaleString('en')} messages of ${LENGTH} characters (one in eight in Chinese, three bytes each) in 10,000 conversations. Counts all files of the data directory, including the search index and other indexes, after the write-ahead log was truncated; accounts are not counted.`,
        goals: [goal('bytes on disk for a 40-character message', [bytes], 'bytes', 'at most', 500)],
        tables: [],
      });
    }),
};
