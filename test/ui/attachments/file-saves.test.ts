import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileSaves, type SaveState } from '../../../ui/attachments/file-saves.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const BYTES = new Uint8Array(100);
const file = (id: string) => ({ id, name: `${id}.html`, type: 'text/html', size: BYTES.length, sha256: '' });

const stage = () => {
  const saved: [name: string, type: string, size: number][] = [];
  const waiting = new Map<string, (answer: Response | ApiProblem) => void>();
  const told: [id: string, state: SaveState['is']][] = [];
  const saves = new FileSaves({
    clock: new ManualClock(),
    open: (id, _from, signal) =>
      new Promise((resolve, reject) => {
        waiting.set(id, (answer) => {
          if (answer instanceof ApiProblem) reject(answer);
          else resolve(answer);
        });
        signal.addEventListener('abort', () => {
          waiting.delete(id);
          reject(new ApiProblem('offline', ''));
        });
      }),
    save: (blob, name) => saved.push([name, blob.type, blob.size]),
  });
  const ending = new AbortController();
  saves.watch((id, { is }) => told.push([id, is]), ending.signal);
  return { saves, saved, waiting, told, ending };
};

test('a file is saved as a type that nothing opens by itself, whatever its sender called it', async () => {
  const { saves, saved, waiting, told, ending } = stage();
  saves.start(file('a'));
  saves.start(file('a'));
  assert.deepEqual([...waiting.keys()], ['a'], 'once, however often it is asked for');
  waiting.get('a')!(new Response(BYTES, { headers: { 'content-type': 'text/html' } }));
  await eventually('the file', () => Promise.resolve(saved.length === 1));
  assert.deepEqual(saved, [['a.html', 'application/octet-stream', 100]]);
  assert.deepEqual(saves.stateOf('a'), { is: 'idle' });
  assert.deepEqual(
    told.map(([, is]) => is),
    ['waiting', 'loading', 'loading', 'idle'],
  );
  ending.abort();
  saves.start(file('b'));
  assert.equal(told.length, 4, 'who has left hears nothing');
});

test('two at a time; one that is stopped saves nothing and makes room', async () => {
  const { saves, saved, waiting } = stage();
  for (const id of ['a', 'b', 'c']) saves.start(file(id));
  assert.deepEqual([...waiting.keys()], ['a', 'b']);
  assert.equal(saves.stateOf('c').is, 'waiting');
  saves.cancel('a');
  assert.equal(saves.stateOf('a').is, 'idle');
  await eventually('the next', () => Promise.resolve(waiting.has('c')));
  for (const id of ['b', 'c']) waiting.get(id)!(new Response(BYTES));
  await eventually('the files', () => Promise.resolve(saved.length === 2));
  assert.deepEqual(saved.map(([name]) => name).sort(), ['b.html', 'c.html']);
});

test('[G5] why one was not saved stays until it is tried again', async () => {
  const { saves, saved, waiting } = stage();
  saves.start(file('a'));
  waiting.get('a')!(new ApiProblem('not_found', ''));
  await eventually('the fault', () => Promise.resolve(saves.stateOf('a').is === 'failed'));
  assert.deepEqual(saves.stateOf('a'), { is: 'failed', code: 'not_found' });
  saves.start(file('a'));
  waiting.get('a')!(new Response(BYTES));
  await eventually('the file', () => Promise.resolve(saved.length === 1));
});

test('at most sixty wait; logging out ends them', () => {
  const { saves, waiting, told } = stage();
  for (let n = 0; n < 70; n += 1) saves.start(file(String(n)));
  assert.equal(told.filter(([, is]) => is === 'waiting').length, 60);
  saves.stop();
  assert.equal(waiting.size, 0);
  assert.equal(saves.stateOf('5').is, 'idle');
});
