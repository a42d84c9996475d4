import { prepareFile } from '../attachments/prepare-file.ts';
import { smallPicture } from '../attachments/encode-photo.ts';
import { FileSender } from '../attachments/file-sender.ts';
import type { CarryingMessage } from '../attachments/kept-files.ts';
import type { FileLimits } from '../attachments/outgoing-files.ts';
import type { Api } from '../net/api.ts';
import { chance } from '../net/ids.ts';
import { ApiProblem, problemCode } from '../net/problem.ts';
import { forgetUpload, resumeUpload } from '../net/resume-upload.ts';
import { uploadFile } from '../net/upload.ts';
import { siteStorage } from '../platform/site-storage.ts';
import { sendingStrings } from '../strings/sending-strings.ts';
import { UNWRITTEN } from '../outbox/outbox.ts';
import type { Disk } from '../storage/disk.ts';
import type { AccountDeps } from './account-deps.ts';
import { KnownLimits } from './known-limits.ts';
import type { MessageSender } from './message-sender.ts';

export interface FilesDeps extends Pick<
  AccountDeps,
  'me' | 'api' | 'clock' | 'disk' | 'exclusive' | 'newId' | 'announce'
> {
  readonly sender: MessageSender;
  /** Tells screen readers. */
  readonly tell: (text: string) => void;
}

/** `isResumable`: whether the server keeps the parts of an upload that broke off. */
interface ServerLimits extends FileLimits {
  readonly isResumable: boolean;
}

/** What the server takes; null if it takes no files, or is too old to know of them [G1]. Rejects with ApiProblem. */
const limitsOf = async (api: Api): Promise<ServerLimits | null> => {
  try {
    const limits = await api.signed<{
      max_bytes?: unknown;
      per_message?: unknown;
      resumable?: unknown;
    }>({
      method: 'GET',
      path: '/attachments',
    });
    const { max_bytes: maxBytes, per_message: perMessage } = limits;
    if (typeof maxBytes === 'number' && typeof perMessage === 'number')
      return { maxBytes, perMessage, isResumable: limits.resumable === true };
    throw new ApiProblem('internal', 'the answer is not the server’s');
  } catch (error) {
    if (problemCode(error) === 'not_found') return null;
    throw error;
  }
};

/** While the disk does not answer, its outbox may hold more than is known. */
const messagesOn = async ({ condition, outbox }: Disk): Promise<readonly CarryingMessage[] | null> => {
  if (condition.get() !== 'kept' && condition.get() !== 'full') return null;
  const rows = await outbox.all();
  return rows.map(({ id, order, attachments = [] }) => ({
    id,
    keys: attachments.map(({ key }) => key),
    isStored: order !== UNWRITTEN,
  }));
};

/** What the server has said last of what it takes. It is asked anew at each connection: it may have been replaced. */
class LatestLimits {
  readonly #api: Api;
  #asked: Promise<ServerLimits | null> | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  ask(): Promise<ServerLimits | null> {
    const asked = limitsOf(this.#api);
    this.#asked = asked;
    asked.catch(() => {
      if (this.#asked === asked) this.#asked = null;
    });
    return asked;
  }

  async isResumable(): Promise<boolean> {
    return (await (this.#asked ?? this.ask()))?.isResumable === true;
  }
}

/** What sends the files of an account. It is loaded with the first connection, because the first screen does not need it. */
export const startFiles = ({
  me,
  api,
  clock,
  disk,
  exclusive,
  newId,
  announce,
  sender,
  tell,
}: FilesDeps): FileSender => {
  const latest = new LatestLimits(api);
  const sending = { base: api.base, tokens: api.tokens, clock, open: () => new XMLHttpRequest() };
  const files = new FileSender({
    store: disk.files,
    owner: me.id,
    clock,
    exclusive,
    newId,
    random: chance,
    messages: () => messagesOn(disk),
    limits: () => latest.ask(),
    known: new KnownLimits(siteStorage),
    // An older server keeps nothing. If the page is of another origin, it even refuses to be told the key.
    upload: async (upload) =>
      (await latest.isResumable()) ? resumeUpload({ ...sending, api }, upload) : uploadFile(sending, upload),
    forget: async (uploadKey) => {
      if (await latest.isResumable()) await forgetUpload(api, uploadKey);
    },
    prepare: prepareFile,
    smallPicture,
    announce: () => {
      announce('files');
    },
    onUploaded: () => {
      sender.pump();
    },
    onFailed: (id, failure) => {
      sender.fail(id, failure);
      tell(sendingStrings().notSent);
    },
    onSent: (count) => {
      tell(sendingStrings().sent(count));
    },
  });
  void files.follow();
  return files;
};
