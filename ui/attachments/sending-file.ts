import { signal, type Signal } from '../model/signal.ts';
import { sentOf, type PickedFile } from './file-store.ts';
import type { OutgoingAttachment } from './outgoing-attachment.ts';

type Course = Pick<OutgoingAttachment, 'state' | 'sent' | 'refusal'>;

const courseOf = (row: PickedFile): Course => ({
  state: row.upload !== null ? 'uploaded' : row.isPrepared ? 'waiting' : 'preparing',
  sent: row.upload !== null ? sentOf(row).bytes.size : 0,
  refusal: null,
});

/** One file on its way, as this tab knows it: what is stored of it, and what becomes of it. */
export class SendingFile {
  /** What is stored. Changed by `FileSender` only. */
  row: PickedFile;
  /** Whether the device has stored the file. If not, it is lost with this tab. */
  isKept: boolean;
  /** The message that takes the file from the draft in this tab. The device may not know of it yet. */
  takenBy: string | null = null;
  /** Whether no other message has the file either. */
  isClaimed = false;
  /** The user has removed it, or its message is stored. */
  isGone = false;
  /** The same as shown, for those who do not want to hear of every byte that was sent. */
  state: OutgoingAttachment['state'];
  readonly shown: Signal.State<OutgoingAttachment>;

  constructor(row: PickedFile, isKept: boolean) {
    this.row = row;
    this.isKept = isKept;
    const course = courseOf(row);
    this.state = course.state;
    this.shown = signal(this.#view(course, null));
  }

  /** The message that has the file or is about to get it; null while the draft has it. */
  get messageId(): string | null {
    return this.takenBy ?? this.row.messageId;
  }

  /** Whether the file can be sent with this message. */
  isOf(messageId: string): boolean {
    return this.row.messageId === messageId || (this.takenBy === messageId && this.isClaimed);
  }

  /** Takes over what is stored now. An upload that is under way goes on. */
  follow(row: PickedFile): void {
    const before = this.row;
    this.row = row;
    const { state, sent, refusal, picture } = this.shown.get();
    const isSame = before.upload?.id === row.upload?.id && before.isPrepared === row.isPrepared;
    const course = isSame ? { state, sent, refusal } : courseOf(row);
    this.state = course.state;
    this.shown.set(this.#view(course, picture));
  }

  show(course: Partial<Course>): void {
    this.state = course.state ?? this.state;
    this.shown.set({ ...this.shown.get(), ...course });
  }

  /** Shows a small picture; null takes it back. */
  showPicture(picture: Blob | null): void {
    const before = this.shown.get().picture;
    if (before !== null) URL.revokeObjectURL(before);
    const address = picture === null || this.isGone ? null : URL.createObjectURL(picture);
    if (address !== before) this.shown.set({ ...this.shown.get(), picture: address });
  }

  #view(course: Course, picture: string | null): OutgoingAttachment {
    const { key, original } = this.row;
    const { name, type, bytes } = sentOf(this.row);
    return { key, name, type, size: bytes.size, original, picture, ...course };
  }
}
