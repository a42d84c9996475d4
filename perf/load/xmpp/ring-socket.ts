import type { Ring, Sender } from '../ring.ts';
import type { LoadUser } from '../spec.ts';
import { DOMAIN, XmppStream, type StreamTarget } from './stream.ts';

export interface XmppSocketOptions {
  readonly ring: Ring;
  readonly pair: number;
  readonly account: LoadUser;
  readonly recipientId: string;
  readonly texts: readonly string[];
  readonly target: StreamTarget;
  readonly ready: () => void;
  readonly fail: (error: Error) => void;
}

const MESSAGE_ID = /\bid=['"](\d+)-(\d+)['"]/;
const HANDLED = /\bh=['"](\d+)['"]/;
const ACK_REQUEST = `<r xmlns='urn:xmpp:sm:3'/>`;

/** One account's connection to an XMPP server: sends as its pair's sender, and asks once for each flush what the server has handled.
 *  A server handles the stanzas of a stream in order, so its count says which. */
export class XmppSocket implements Sender {
  readonly #options: XmppSocketOptions;
  readonly #stream: XmppStream;
  readonly #head: string;
  #queued = '';
  #nextText = 0;
  #acked = 0;
  /** Stanzas received since they are counted. */
  #received = 0;

  constructor(options: XmppSocketOptions) {
    const { account, target, ready, fail, ring } = options;
    this.#options = options;
    this.#head = `<message type='chat' to='${options.recipientId}@${DOMAIN}' id='${options.pair}-`;
    this.#stream = new XmppStream(target, fail);
    this.#stream.onRead = () => {
      ring.flush();
    };
    void this.#stream
      .login(account.userId, account.token, (text) => {
        this.#told(text);
      })
      .then(ready);
  }

  queue(sequence: number): void {
    const { texts } = this.#options;
    this.#queued += `${this.#head}${sequence}'><body>${texts[this.#nextText]!}</body></message>`;
    this.#nextText = (this.#nextText + 1) % texts.length;
  }

  flush(): void {
    if (this.#queued === '') return;
    this.#stream.write(this.#queued + ACK_REQUEST);
    this.#queued = '';
  }

  #told(text: string): void {
    const { ring, pair } = this.#options;
    if (text.startsWith('<a ')) {
      const handled = Number(HANDLED.exec(text)?.[1] ?? 0);
      for (; this.#acked < handled; this.#acked += 1) ring.acked(pair, this.#acked);
    } else if (text.startsWith('<r ')) {
      this.#stream.write(`<a xmlns='urn:xmpp:sm:3' h='${this.#received}'/>`);
    } else {
      this.#received += 1;
      if (!text.startsWith('<message')) return;
      const [, from, sequence] = MESSAGE_ID.exec(text) ?? [];
      if (sequence === undefined || /^<message[^>]*type=['"]error/.test(text)) ring.errors.push(text);
      else ring.delivered(Number(from), Number(sequence));
    }
  }
}
