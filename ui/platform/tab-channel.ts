export type Announcement = 'outbox' | 'drafts' | 'files';

/** Tells the user's other tabs what this one changed on disk. If the browser has no channels, or blocks them together
 *  with all site data, no other tab shares anything either, and nothing is sent. */
export class TabChannel {
  #channel: BroadcastChannel | null = null;

  constructor(name: string, heard: (what: Announcement) => void) {
    try {
      this.#channel = new BroadcastChannel(name);
    } catch {
      return;
    }
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Announcement>) => {
      heard(data);
    });
  }

  /** Does nothing after `close`. */
  announce(what: Announcement): void {
    this.#channel?.postMessage(what);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
