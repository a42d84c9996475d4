import { withConversation, type Message, type Model, type Timeline } from './model.ts';

/** What the server made of a file that was uploaded here. */
export interface UploadedFile {
  readonly id: string;
  readonly sha256: string;
}

/** Gives the files of a message their ids at the server. Its `ack` does not name them, so until now it has those of this device. `uploads`: by
 *  those. */
export const withUploaded = (
  model: Model,
  messageId: string,
  uploads: ReadonlyMap<string, UploadedFile>,
): Model => {
  const named = (message: Message): Message =>
    message.id === messageId
      ? { ...message, attachments: message.attachments.map((file) => ({ ...file, ...uploads.get(file.id) })) }
      : message;
  const inRuns = (runs: Model['timelines']): Model['timelines'] =>
    new Map(
      [...runs].map(([id, run]): [string, Timeline] =>
        run.messages.some((message) => message.id === messageId)
          ? [id, { ...run, messages: run.messages.map(named) }]
          : [id, run],
      ),
    );
  const held = [...model.conversations.values()].find(({ lastMessage }) => lastMessage?.id === messageId);
  const next =
    held === undefined || held.lastMessage === null
      ? model
      : withConversation(model, { ...held, lastMessage: named(held.lastMessage) });
  return { ...next, timelines: inRuns(next.timelines), detours: inRuns(next.detours) };
};
