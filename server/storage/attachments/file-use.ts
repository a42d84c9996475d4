/** What the store knows of the files that attachments have. All of it rejects `unavailable` when the store cannot be asked. */
export interface FileUse {
  /** See `AttachmentWrites`. */
  takeRemovedFiles(limit: number): Promise<readonly string[]>;
  /** See `AttachmentReads`. */
  usedFiles(sha256s: readonly string[]): Promise<readonly string[]>;
  /** Those of these users who are not deleted. */
  livingUsers(userIds: readonly string[]): Promise<readonly string[]>;
}
