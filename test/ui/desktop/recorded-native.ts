import type { Native, NativeEvent } from '../../../ui/shell/desktop/native.ts';
import { PRIVATE_FILES } from '../../../ui/shell/desktop/session-file.ts';

/** The program around the page, written down: its store is a map, its calls a list, its events come from the test. */
export class RecordedNative implements Native {
  system = 'Linux';
  args: readonly string[] = [PRIVATE_FILES];
  readonly calls: string[] = [];
  readonly stored = new Map<string, string>();
  failing: string | null = null;
  readonly #listeners = new Map<NativeEvent, (detail: unknown) => void>();

  #call(name: string, ...values: readonly string[]): Promise<void> {
    this.calls.push([name, ...values].join(' '));
    return this.failing === name ? Promise.reject(new Error(name)) : Promise.resolve();
  }

  open = (url: string): Promise<void> => this.#call('open', url);
  notify = (title: string, content: string): Promise<void> => this.#call('notify', title, content);
  setTitle = (title: string): Promise<void> => this.#call('setTitle', title);
  showWindow = (): Promise<void> => this.#call('showWindow');
  hideWindow = (): Promise<void> => this.#call('hideWindow');
  setTray = (): Promise<void> => this.#call('setTray');
  exit = (): Promise<void> => this.#call('exit');
  load = (key: string): Promise<string | null> => Promise.resolve(this.stored.get(key) ?? null);

  async store(key: string, text: string | null): Promise<void> {
    await Promise.resolve();
    if (text === null) this.stored.delete(key);
    else this.stored.set(key, text);
  }

  on(event: NativeEvent, run: (detail: unknown) => void): void {
    this.#listeners.set(event, run);
  }

  happen(event: NativeEvent, detail: unknown = null): void {
    this.#listeners.get(event)?.(detail);
  }
}
