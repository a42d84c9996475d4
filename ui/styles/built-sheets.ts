/** The style sheets of the first screens are not in the scripts, but in a file of CSS that is loaded at the same time:
 *  `scripts/element-styles.ts` puts `builtSheet(…)` in the place of each template. Before a build there is no such file, and nothing
 *  of this is used. */
const texts = new Map<string, string>();
const sheets = new Map<string, CSSStyleSheet>();
const AGAIN_MS = 3_000;

/** The sheet of this name. It is empty until the file is there. */
export const builtSheet = (name: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheets.set(name, sheet);
  sheet.replaceSync(texts.get(name) ?? '');
  return sheet;
};

const load = async (file: string): Promise<void> => {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`HTTP ${String(answer.status)}`);
  for (const part of (await answer.text()).split('/*')) {
    const [name = '', text = ''] = part.split('*/');
    texts.set(name, text);
    sheets.get(name)?.replaceSync(text);
  }
};

/** Resolves when the elements have their styles, or when the first attempt has failed: plain words are better than none. Then it tries
 *  again from time to time. Never rejects. */
export const loadSheets = async (clock: { after(ms: number, run: () => void): unknown }): Promise<void> => {
  const file = document.querySelector<HTMLLinkElement>('link[as="fetch"]')?.href;
  if (file === undefined) return;
  await load(file).catch(() => {
    clock.after(AGAIN_MS, () => void loadSheets(clock));
  });
};
