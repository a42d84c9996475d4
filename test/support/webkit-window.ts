import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';
import { WaitingList } from './waiting-list.ts';

const ANSWER_MS = 15_000;
const WAIT_MS = 30_000;

interface Answer {
  readonly id: number;
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly wasThrown?: boolean };
  readonly error?: unknown;
}
interface Outer {
  readonly method?: string;
  readonly params?: {
    readonly targetInfo?: { readonly targetId: string; readonly type: string };
    readonly message?: string;
  };
}

/** Finds through all shadow roots. */
const FIND = `((selector, text = '') => {
  const within = (root) => {
    for (const hit of root.querySelectorAll(selector)) if (hit.textContent.includes(text)) return hit;
    for (const { shadowRoot } of root.querySelectorAll('*')) {
      const hit = shadowRoot === null ? null : within(shadowRoot);
      if (hit !== null) return hit;
    }
    return null;
  };
  return within(document);
})`;

/** A page of WebKit, driven through the port of its inspector (`WEBKIT_INSPECTOR_HTTP_SERVER`). */
export class WebKitWindow {
  readonly #socket: WebSocket;
  readonly #answers = new WaitingList<Answer>();
  /** A page that is loaded anew may be a new target. */
  #target = '';
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (bytes: Buffer) => {
      const { method, params } = JSON.parse(bytes.toString()) as Outer;
      if (method === 'Target.targetCreated' && params?.targetInfo?.type === 'page')
        this.#target = params.targetInfo.targetId;
      if (method === 'Target.dispatchMessageFromTarget') {
        const answer = JSON.parse(params?.message ?? '{}') as Partial<Answer>;
        if (typeof answer.id === 'number') this.#answers.add(answer as Answer);
      }
    });
    socket.on('close', () => {
      this.#answers.end(new Error('the window is gone'));
    });
    socket.on('error', () => undefined);
  }

  static async connect(port: number): Promise<WebKitWindow> {
    let path = '';
    await eventually(
      'the inspector of the window',
      async () => {
        const list = await fetch(`http://127.0.0.1:${String(port)}/`).then(
          (answer) => answer.text(),
          () => '',
        );
        path = /\/socket\/\d+\/\d+\/WebPage/.exec(list)?.[0] ?? '';
        return path !== '';
      },
      WAIT_MS,
    );
    const window = new WebKitWindow(new WebSocket(`ws://127.0.0.1:${String(port)}${path}`));
    await eventually('the page of the window', () => window.#target !== '', WAIT_MS);
    return window;
  }

  close(): void {
    this.#socket.terminate();
  }

  /** The value of an expression in the page, as JSON carries it. */
  async evaluate<T>(expression: string): Promise<T> {
    this.#id += 1;
    const id = this.#id;
    // As when a person clicks: nothing else may ask for a window.
    const params = { expression, returnByValue: true, emulateUserGesture: true };
    const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
    const outer = { id: 100_000 + id, method: 'Target.sendMessageToTarget' };
    this.#socket.send(JSON.stringify({ ...outer, params: { targetId: this.#target, message } }));
    const answer = await this.#answers.take('an answer of the page', ANSWER_MS, (each) => each.id === id);
    if (answer.error !== undefined || answer.result?.wasThrown === true)
      throw new Error(`the page threw at ${expression}: ${JSON.stringify(answer)}`);
    return answer.result?.result?.value as T;
  }

  async until(what: string, expression: string): Promise<void> {
    // While a page is being loaded anew nobody answers.
    const isSo = (): Promise<boolean> => this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false);
    await eventually(what, isSo, WAIT_MS);
  }

  /** Waits for an element that matches and holds the text. */
  async shows(selector: string, text = ''): Promise<void> {
    await this.until(`${selector} with "${text}"`, this.#find(selector, text));
  }

  async has(selector: string): Promise<boolean> {
    return await this.evaluate(`${this.#find(selector)} !== null`);
  }

  async gone(selector: string): Promise<void> {
    await this.until(`${selector} to be gone`, `${this.#find(selector)} === null`);
  }

  async click(selector: string, text = ''): Promise<void> {
    await this.shows(selector, text);
    await this.evaluate(`${this.#find(selector, text)}.click()`);
  }

  async fill(selector: string, value: string): Promise<void> {
    await this.shows(selector);
    await this.evaluate(
      `(() => { const field = ${this.#find(selector)}; field.focus(); field.value = ${JSON.stringify(value)};
        field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true })); })()`,
    );
  }

  async press(selector: string, key: string): Promise<void> {
    await this.evaluate(
      `${this.#find(selector)}.dispatchEvent(new KeyboardEvent('keydown',
        { key: ${JSON.stringify(key)}, bubbles: true, composed: true, cancelable: true }))`,
    );
  }

  #find(selector: string, text = ''): string {
    return `${FIND}(${JSON.stringify(selector)}, ${JSON.stringify(text)})`;
  }
}
