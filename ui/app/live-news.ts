import type { Message } from '../model/model.ts';
import { signal } from '../model/signal.ts';

/** What a screen reader is told while nothing on screen has the focus. The live region of the chat shows it. */
export class LiveNews {
  /** The newest message of another user. */
  readonly arrived = signal<Message | null>(null);
  /** A sentence about something else. The same one twice is told twice. */
  readonly told = signal<{ readonly text: string } | null>(null);

  readonly tell = (text: string): void => {
    this.told.set({ text });
  };

  forget(): void {
    this.arrived.set(null);
    this.told.set(null);
  }
}
