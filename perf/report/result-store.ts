import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReport } from './markdown.ts';
import type { Measured } from './model.ts';
import { renderPlot } from './svg.ts';

/** A folder of results: one JSON file a figure, so that each can be measured anew by itself; the page and the plots are made of
 *  all that lie there. */
export class ResultStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  put(measured: Measured): void {
    writeFileSync(join(this.#dir, `${measured.id}.json`), `${JSON.stringify(measured, null, 2)}\n`);
    if ('failed' in measured.findings) return;
    for (const plot of measured.findings.plots ?? []) {
      writeFileSync(join(this.#dir, `${plot.name}.svg`), renderPlot(plot));
    }
  }

  /** Writes the page anew. Results that are not named have no place on it. */
  writePage(figures: readonly string[], growth: readonly string[]): string {
    const read = (id: string): readonly Measured[] => {
      const path = join(this.#dir, `${id}.json`);
      return existsSync(path) ? [JSON.parse(readFileSync(path, 'utf8')) as Measured] : [];
    };
    const page = join(this.#dir, 'README.md');
    writeFileSync(page, renderReport(figures.flatMap(read), growth.flatMap(read)));
    return page;
  }

  get files(): readonly string[] {
    return readdirSync(this.#dir);
  }
}
