/** An attachment as the store knows it. `sha256`: of its bytes, in lower-case hex. `size`: in bytes. */
export interface StoredAttachment {
  readonly id: string;
  readonly name: string;
  /** A media type. */
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

export interface AttachmentWrites {
  /** Records an attachment whose bytes are stored durably; it is not sent yet. A repeated id changes nothing. `too-many`: the user has
   *  `UNSENT_ATTACHMENTS_MAX` of them. `not-found`: there is no such user (any more) [G2] [G6]. `isKept`: its upload can be continued, and is
   *  over now; `given-up`: what was kept of it has gone meanwhile [G9]. */
  addAttachment: {
    in: { userId: string; attachment: StoredAttachment; isKept?: boolean };
    out: { kind: 'added' } | { kind: 'too-many' } | { kind: 'not-found' } | { kind: 'given-up' };
  };
  /** Names files whose last attachment has gone, at most `limit` of them, and forgets them: whoever asks looks at them. None with
   *  PostgreSQL. A write, so that a server without requests starts no thread of the helper pool for its sweeps. */
  takeRemovedFiles: { in: { limit: number }; out: { kind: 'taken'; sha256s: readonly string[] } };
}

export interface AttachmentReads {
  /** An attachment that this user may read now: one of a message that they see, or one that they have uploaded and not sent [G5]. Helper pool. */
  attachment(viewerId: string, attachmentId: string): StoredAttachment | null;
  /** How many attachments a user has not sent, and the one with this id, if they have uploaded it, sent or not. A point query. */
  uploaded(userId: string, attachmentId: string): { unsent: number; attachment: StoredAttachment | null };
  /** Those of these hashes that an attachment still has. Helper pool. */
  usedFiles(sha256s: readonly string[]): readonly string[];
}
