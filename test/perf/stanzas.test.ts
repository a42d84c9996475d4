import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StanzaReader } from '../../perf/load/xmpp/stanzas.ts';

const STREAM = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' version="1.0">`;
const STANZAS = [
  '<stream:features><a/><b><c x="1>2"/>text</b></stream:features>',
  `<message id='3-7' to='a'><body>one two</body><x/></message>`,
  '<r xmlns="urn:xmpp:sm:3"/>',
  `<a xmlns='urn:xmpp:sm:3' h='4' />`,
];

const read = (chunks: readonly string[]): readonly string[] => {
  const told: string[] = [];
  const reader = new StanzaReader((text) => told.push(text));
  for (const chunk of chunks) reader.push(chunk);
  return told;
};

test('a stream is its opening tag and whole stanzas, wherever the reads cut it', () => {
  const all = STREAM + STANZAS.join('');
  const expected = [STREAM, ...STANZAS];
  assert.deepEqual(read([all]), expected);
  assert.deepEqual(read([...all]), expected, 'byte by byte');
  for (let cut = 1; cut < all.length; cut += 1) {
    assert.deepEqual(read([all.slice(0, cut), all.slice(cut)]), expected);
  }
});

test('what is not whole is not told, and the end of the stream is', () => {
  assert.deepEqual(read([STREAM, '<message><body>half']), [STREAM]);
  assert.deepEqual(read([STREAM, '</stream:stream>']), [STREAM, '</stream:stream>']);
});

test('a stream that is opened anew begins again', () => {
  const told: string[] = [];
  const reader = new StanzaReader((text) => {
    told.push(text);
    if (text === '<success/>') reader.restart();
  });
  reader.push(`${STREAM}<success/>`);
  reader.push(`${STREAM}<iq/>`);
  assert.deepEqual(told, [STREAM, '<success/>', STREAM, '<iq/>']);
});
