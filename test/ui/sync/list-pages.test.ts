import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { loadPages } from '../../../ui/sync/list-pages.ts';
import { idOf } from '../sample.ts';
import { listed } from '../sync-stage.ts';

const page = (n: number, next: string | null) => ({ conversations: [listed({ id: idOf(n) })], next });

/** A list of so many pages; null for the pinned ones if the server does not know of any. */
const stage = (pages: number, pinned: number | null = 9) => {
  const learned: [number, number | null][] = [];
  const conversations = (before?: string, only?: 'true') => {
    if (only === 'true')
      return pinned === null
        ? Promise.reject(new ApiProblem('bad_request', ''))
        : Promise.resolve(page(pinned, null));
    const at = Number(before ?? 1);
    return Promise.resolve(page(at, at < pages ? String(at + 1) : null));
  };
  const learn = (told: readonly { readonly id: string }[], above: number | null): number => {
    learned.push([Number(told[0]?.id.slice(-2)), above]);
    return -learned.length;
  };
  return { api: { conversations }, learn, learned };
};

test('a short list is asked for once', async () => {
  const { api, learn, learned } = stage(1);
  assert.equal(await loadPages(api, learn, () => true), true);
  assert.deepEqual(learned, [[1, null]]);
});

test('of a long one the pinned come after the first page, and do not move the place of the next', async () => {
  const { api, learn, learned } = stage(3);
  await loadPages(api, learn, () => true);
  assert.deepEqual(learned, [
    [1, null],
    [9, -1],
    [2, -1],
    [3, -3],
  ]);
});

test('a server that pins nothing sends its list all the same', async () => {
  const { api, learn, learned } = stage(2, null);
  await loadPages(api, learn, () => true);
  assert.deepEqual(
    learned.map(([first]) => first),
    [1, 2],
  );
});

test('what nobody wants any more is not learned', async () => {
  const { api, learn, learned } = stage(2);
  assert.equal(await loadPages(api, learn, () => learned.length === 0), false);
  assert.equal(learned.length, 1);
});
