import { basename } from 'node:path';
import { inTemporaryFolder } from '../../backup/temporary.ts';
import type { Ids } from '../../runtime/ids.ts';
import { ChatStaging, type StagedRemark } from '../../storage/sqlite/transfer/chat-staging.ts';
import { sqliteCode } from '../../storage/store-error.ts';
import { ExportDigest } from '../../storage/transfer/export-digest.ts';
import type { ExportRecord, ExportRecords } from '../../storage/transfer/export-record.ts';
import { TransferError } from '../../storage/transfer/transfer-error.ts';
import { hasChanged } from '../postgres-side.ts';
import { MOVE } from '../recorded.ts';
import { buildingSqlite, takeBuilt } from '../sqlite-side.ts';
import { chunksOf, linesOf, systemFault } from '../transfer-files.ts';
import type { ChatItems } from './chat-item.ts';
import { ImportedRecords } from './imported-records.ts';
import { MattermostReader } from './mattermost.ts';
import { mergedRecords } from './merged-records.ts';
import type { PeopleMap } from './people-map.ts';
import { planImport, type Plan } from './plan.ts';
import { stageItems } from './stage-items.ts';
import { surveyStore, type StoreSurvey } from './survey.ts';
import { TelegramReader } from './telegram.ts';

/** A post of Mattermost has 16,383 characters, and stands in one line with everything that answers it. */
const LINE_MAX = 64 * 1024 * 1024;
/** People whom a message names, so that it stays one that can be read. */
const NAMED = 20;

export const CHAT_FORMATS = ['telegram', 'mattermost'] as const;
export type ChatFormat = (typeof CHAT_FORMATS)[number];

export interface ChatFile {
  readonly format: ChatFormat;
  readonly path: string;
  readonly map: PeopleMap;
}

/** The store that a file is imported into. */
export interface ChatTarget {
  /** Where there is room for intermediate files; it must exist. */
  readonly dataDir: string;
  /** Hands over what the store holds. */
  readonly reading: <T>(use: (records: ExportRecords) => Promise<T>) => Promise<T>;
  /** Puts the database in a folder in the place of what the store holds, if that still has the SHA-256 `before`. Null: nothing is to be
   *  changed. */
  readonly keep: ((folder: string, before: string) => Promise<void> | void) | null;
}

/** What was, or would be, imported. */
export interface ChatImport {
  readonly users: Plan['users'];
  readonly undecided: Plan['undecided'];
  readonly conversations: number;
  readonly messages: number;
  /** Of these messages, those that name the one they answer. */
  readonly replies: number;
  readonly reactions: number;
  /** What is not as it was in the file. */
  readonly remarks: Iterable<StagedRemark>;
}

export interface ChatImportBy {
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The account that gave the command. */
  readonly actor: string;
}

const itemsOf = ({ format, path }: ChatFile): ChatItems =>
  format === 'telegram'
    ? new TelegramReader(path).items(chunksOf(path))
    : new MattermostReader(path).items(linesOf(path, LINE_MAX));

/** Puts the direct conversations of a file into a store, all of them or, if anything fails, nothing. `report` is told what was done before
 *  the intermediate files are removed. @throws TransferError, StoreError */
export const importChats = async (
  file: ChatFile,
  target: ChatTarget,
  by: ChatImportBy,
  report: (result: ChatImport) => void,
): Promise<void> => {
  await inTemporaryFolder(target.dataDir, 'import-', async (folder) => {
    const staging = await onDisk(folder, () => new ChatStaging(folder));
    try {
      await onDisk(folder, () => importStaged(file, target, { by, folder, staging, report }));
    } finally {
      staging.close();
    }
  });
};

/** @throws TransferError `system` for what SQLite says of the file in `folder` */
const onDisk = async <T>(folder: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw sqliteCode(error) === '' ? error : systemFault(folder, error);
  }
};

interface Work {
  readonly by: ChatImportBy;
  readonly folder: string;
  readonly staging: ChatStaging;
  readonly report: (result: ChatImport) => void;
}

const importStaged = async (file: ChatFile, target: ChatTarget, work: Work): Promise<void> => {
  const { by, folder, staging, report } = work;
  const staged = await stageItems(itemsOf(file), staging);
  const store = await target.reading((records) => surveyStore(records, staging));
  const counts = staging.counts();
  const plan = planImport({ file: staged, counts, store, map: file.map, ids: by.ids });
  for (const each of plan.refused) staging.remark({ ...each, isTaken: false });
  const messages = plan.chats.reduce((sum, { number }) => sum + (counts.get(number) ?? 0), 0);
  if (target.keep !== null) {
    checkPlan(file, plan);
    await build(target, { file, plan, store }, work);
    await target.keep(folder, store.sha256);
  }
  const { users, undecided, chats } = plan;
  const attachments = staging.attachments();
  const sumOf = (what: 'replies' | 'reactions'): number =>
    chats.reduce((sum, { number }) => sum + (attachments.get(number)?.[what] ?? 0), 0);
  report({
    ...{ users, undecided, conversations: chats.length, messages },
    ...{ replies: sumOf('replies'), reactions: sumOf('reactions'), remarks: staging.remarks() },
  });
};

/** @throws TransferError `mapping`, `target` */
const checkPlan = ({ path }: ChatFile, { chats, refused, undecided }: Plan): void => {
  if (undecided.length > 0) {
    const named = undecided
      .slice(0, NAMED)
      .map(({ name, username }) => `${JSON.stringify(name)} (${username})`);
    const more = undecided.length > NAMED ? ` and ${String(undecided.length - NAMED)} others` : '';
    throw new TransferError(
      'mapping',
      `There are users here with the names of ${named.join(', ')}${more}: say with --map who they are. --dry-run lists everybody.`,
    );
  }
  if (chats.length > 0) return;
  const [first] = refused;
  throw first === undefined
    ? new TransferError(
        'damaged',
        `${path} holds no message of two people that can be taken: --dry-run says why`,
      )
    : new TransferError(
        'target',
        `Nothing is left to import from ${path}. For example ${first.place}: ${first.what}. --dry-run lists the others.`,
      );
};

interface Decided {
  readonly file: ChatFile;
  readonly plan: Plan;
  readonly store: StoreSurvey;
}

/** Makes a database of what the store holds and what is imported, in the folder of the import. */
const build = async (
  { dataDir, reading }: ChatTarget,
  { file, plan, store }: Decided,
  { by, folder, staging }: Work,
): Promise<void> => {
  const imported = new ImportedRecords(plan, staging, by);
  const audit = {
    ...{ at: by.now, actor: by.actor, origin: MOVE.origin, action: 'import', subject_id: null },
    target: storable(basename(file.path)),
    detail: {
      from: file.format,
      new_users: plan.users.filter(({ isNew }) => isNew).length,
      conversations: plan.chats.length,
      messages: imported.messages,
    },
  };
  const placed = (what: string): TransferError =>
    new TransferError(
      'damaged',
      `What the store holds contradicts itself, so nothing was imported: ${what}.`,
    );
  await reading(async (existing) => {
    const records = mergedRecords(unchanged(existing, store.sha256), imported, { store, audit });
    await buildingSqlite(dataDir, { records, placed }, undefined, (built) => {
      takeBuilt(built, folder);
    });
  });
};

const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{FFFD}');

/** The records of a store, provided that they are those that were surveyed. @throws TransferError `busy` */
async function* unchanged(records: ExportRecords, sha256: string): AsyncGenerator<ExportRecord, void, void> {
  const digest = new ExportDigest();
  for await (const record of records) {
    digest.add(record);
    yield record;
  }
  if (digest.end().sha256 !== sha256) throw hasChanged();
}
