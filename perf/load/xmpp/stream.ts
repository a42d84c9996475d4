import { connect, type Socket } from 'node:net';
import { StanzaReader } from './stanzas.ts';

/** The one domain of a peer under test. */
export const DOMAIN = 'localhost';

/** For one step of a login, many of which are under way. */
const ANSWER_MS = 30_000;

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
}

/** One client's XMPP connection over a bare TCP socket: logged in step by step, then stanza by stanza. */
export class XmppStream {
  readonly #socket: Socket;
  readonly #reader: StanzaReader;
  readonly #fail: (error: Error) => void;
  #stanza: (text: string) => void = () => undefined;
  /** What a step of the login waits for. */
  #wanted: { readonly start: RegExp; readonly found: () => void } | null = null;
  #ended = false;

  constructor(target: StreamTarget, fail: (error: Error) => void) {
    this.#fail = fail;
    this.#reader = new StanzaReader((text) => {
      this.#told(text);
    });
    this.#socket = connect({ ...target, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk) => {
      this.#reader.push(String(chunk));
      this.onRead();
    });
    this.#socket.on('error', (error) => {
      this.#end(error);
    });
    this.#socket.on('close', () => {
      this.#end(new Error('the server closed a stream'));
    });
  }

  /** All stanzas of one read have been told. */
  onRead: () => void = () => undefined;

  /** Makes an account (XEP-0077), on a stream of its own. */
  async register(name: string, password: string): Promise<void> {
    await this.#open();
    await this.#ask(
      `<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>${name}</username><password>${password}</password></query></iq>`,
      /^<iq/,
    );
    this.destroy();
  }

  /** Authenticates (RFC 4616), binds a resource, becomes available, and has stanzas counted (XEP-0198). From then on every stanza is
   *  told to `stanza`. */
  async login(name: string, password: string, stanza: (text: string) => void): Promise<void> {
    await this.#open();
    const plain = Buffer.from(`\0${name}\0${password}`).toString('base64');
    await this.#ask(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
      /^<success/,
    );
    this.#reader.restart();
    await this.#open();
    await this.#ask(
      `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>perf</resource></bind></iq>`,
      /^<iq/,
    );
    await this.#ask('<presence/>', /^<presence/);
    // Before the answer, behind which the first counted stanza may come in the same read.
    this.#stanza = stanza;
    await this.#ask(`<enable xmlns='urn:xmpp:sm:3'/>`, /^<enabled/);
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Without a word: the run is over. */
  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  async #open(): Promise<void> {
    await this.#ask(
      `<?xml version='1.0'?><stream:stream to='${DOMAIN}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
      /^<stream:features/,
    );
  }

  /** Resolves with the answer that begins so; what comes before it is passed over, a refusal or silence ends the stream. */
  async #ask(text: string, start: RegExp): Promise<void> {
    const late = setTimeout(() => {
      this.#end(new Error(`no answer to ${text}`));
    }, ANSWER_MS).unref();
    await new Promise<void>((found) => {
      this.#wanted = { start, found };
      this.write(text);
    });
    clearTimeout(late);
  }

  #told(text: string): void {
    if (/^<(?:failure|failed|stream:error)|^<iq[^>]*type=['"]error/.test(text)) {
      this.#end(new Error(`the server refused: ${text}`));
    } else if (this.#wanted === null) {
      this.#stanza(text);
    } else if (this.#wanted.start.test(text)) {
      const { found } = this.#wanted;
      this.#wanted = null;
      found();
    }
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#fail(error);
  }
}
