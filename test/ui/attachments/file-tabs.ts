import { FileSender } from '../../../ui/attachments/file-sender.ts';
import type { FileStore } from '../../../ui/attachments/file-store.ts';
import type { CarryingMessage } from '../../../ui/attachments/kept-files.ts';
import type { FileLimits } from '../../../ui/attachments/outgoing-files.ts';
import type { Exclusive } from '../../../ui/net/exclusive.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import type { ResumedUpload } from '../../../ui/net/resume-upload.ts';
import { memoryFiles } from '../../../ui/storage/disk-memory.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { CHAT, idOf } from '../sample.ts';

/** Tabs that send files, for the tests of the sender. */

export const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await settled();
};

/** A lock as the browser's, over all windows of one test. */
const locks = (): Exclusive => {
  const tails = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work);
    tails.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
};

export interface Place {
  readonly store: FileStore;
  readonly exclusive: Exclusive;
  readonly clock: ManualClock;
  /** Whether the server cannot be told that an upload is cancelled. */
  isAway: boolean;
  /** The outbox of all tabs. */
  readonly messages: CarryingMessage[];
  /** What the device remembers of the limits. */
  known: FileLimits | null;
}

export const place = (store: FileStore = memoryFiles()): Place => ({
  store,
  exclusive: locks(),
  clock: new ManualClock(),
  isAway: false,
  messages: [],
  known: null,
});

let ids = 100;

/** One tab, with a server whose answers the test gives. */
export const tabOn = async (at: Place, limits: FileLimits | null = { maxBytes: 1_000, perMessage: 10 }) => {
  const { store, exclusive, clock, messages } = at;
  const forgotten: string[] = [];
  const uploads: (ResumedUpload & { readonly answer: (outcome: string | ApiProblem) => void })[] = [];
  const failed: string[] = [];
  const sent: number[] = [];
  const sender = new FileSender({
    store,
    exclusive,
    clock,
    owner: 'me',
    random: () => 0.5,
    newId: () => idOf((ids += 1)),
    messages: () => Promise.resolve(messages),
    limits: () => Promise.resolve(limits),
    known: {
      read: () => at.known,
      write: (limits) => {
        at.known = limits;
      },
    },
    upload: (upload) =>
      new Promise((resolve, reject) => {
        upload.signal.addEventListener('abort', () => {
          reject(new ApiProblem('offline', ''));
        });
        uploads.push({
          ...upload,
          answer: (outcome) => {
            if (typeof outcome !== 'string') reject(outcome);
            else resolve({ id: outcome, name: upload.name, type: upload.type, size: 0, sha256: '' });
          },
        });
      }),
    forget: (uploadKey) => {
      forgotten.push(uploadKey);
      return at.isAway ? Promise.reject(new ApiProblem('offline', '')) : Promise.resolve();
    },
    prepare: () => Promise.resolve({ original: null, prepared: null }),
    smallPicture: () => Promise.resolve(null),
    announce: () => undefined,
    onUploaded: () => undefined,
    onFailed: (id, failure) => failed.push(`${id} ${failure}`),
    onSent: (count) => sent.push(count),
  });
  const first = sender.limits.get();
  await sender.follow();
  sender.connected(true);
  await rest();
  return { sender, uploads, failed, forgotten, sent, first };
};

export const fileOf = (name: string, size = 3): File =>
  new File(['x'.repeat(size)], name, { type: 'text/plain' });
export const carried = (sender: FileSender) =>
  sender.drafted(CHAT).map(({ key }) => ({ key, name: '', type: '', size: 3 }));
