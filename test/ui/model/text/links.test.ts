import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces } from '../../../../ui/model/text/links.ts';
import { FORBIDDEN_URLS, NAUGHTY_URLS, shellAttacks } from '../../../support/hostile-urls.ts';

const linksIn = (text: string): readonly (readonly [string, string])[] =>
  pieces(text).flatMap(({ text: shown, href }) => (href === null ? [] : [[shown, href] as const]));
const hrefsIn = (text: string): readonly string[] => linksIn(text).map(([, href]) => href);

test('only http and https addresses become links, without the sentence around them', () => {
  assert.deepEqual(hrefsIn('see https://example.org/a_(b), ok?'), ['https://example.org/a_(b)']);
  assert.deepEqual(hrefsIn('(http://example.org/x).'), ['http://example.org/x']);
  assert.deepEqual(hrefsIn('HTTPS://EXAMPLE.ORG!'), ['https://example.org/']);
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    'ftp://a.b',
    'https://bank.example@evil.example/',
    'https://www.bank.example@evil.example/',
    'example.org',
    'file.txt and Node.js',
  ]) {
    assert.deepEqual(hrefsIn(text), [], text);
  }
});

test('www. is enough for a web address, which is then https', () => {
  for (const [text, shown, href] of [
    ['www.example.org', 'www.example.org', 'https://www.example.org/'],
    ['WWW.Example.org/A?b=c#d', 'WWW.Example.org/A?b=c#d', 'https://www.example.org/A?b=c#d'],
    ['(see www.example.org/a_(b)).', 'www.example.org/a_(b)', 'https://www.example.org/a_(b)'],
    ['"www.example.org", he said', 'www.example.org', 'https://www.example.org/'],
    ['www.example.org:8443/x!', 'www.example.org:8443/x', 'https://www.example.org:8443/x'],
    ['www.bücher.example', 'www.bücher.example', 'https://www.xn--bcher-kva.example/'],
    ['www.xn--e1afmkfd.xn--p1ai', 'www.xn--e1afmkfd.xn--p1ai', 'https://www.xn--e1afmkfd.xn--p1ai/'],
    ['www.пример.рф', 'www.пример.рф', 'https://www.xn--e1afmkfd.xn--p1ai/'],
    // Shown as it was written; where it leads is another place, and the browser says which.
    ['www.аpple.com', 'www.аpple.com', 'https://www.xn--pple-43d.com/'],
    ['ראו www.example.org.', 'www.example.org', 'https://www.example.org/'],
  ] as const) {
    assert.deepEqual(linksIn(text), [[shown, href]], text);
  }
  for (const text of [
    'www.',
    'www...',
    'www.example',
    'www.1.2',
    'www.example.1',
    'www.-a.org',
    'www.a-.org',
    'xwww.example.org',
    'www.example.org@evil.example',
    'www.me:pw@evil.example',
    'ftp://www.example.org',
  ]) {
    assert.deepEqual(hrefsIn(text), [], text);
  }
});

test('mail addresses become links, without fields', () => {
  for (const [text, shown, href] of [
    ['ada@example.org', 'ada@example.org', 'mailto:ada@example.org'],
    ['Write to Ada.L+chat@mail.example.co.uk.', 'Ada.L+chat@mail.example.co.uk', null],
    ['<ada@example.org>, (ben@example.org)', 'ada@example.org', 'mailto:ada@example.org'],
    ['mailto:ada@example.org?subject=x&attach=/etc/passwd', 'ada@example.org', 'mailto:ada@example.org'],
    ['a%0d@example.org', 'a%0d@example.org', 'mailto:a%250d@example.org'],
    ['ada@bücher.example', 'ada@bücher.example', 'mailto:ada@xn--bcher-kva.example'],
    ['כתבו ada@example.org!', 'ada@example.org', 'mailto:ada@example.org'],
  ] as const) {
    const [first] = linksIn(text);
    assert.deepEqual(first, [shown, href ?? `mailto:${shown}`], text);
  }
  assert.equal(hrefsIn('<ada@example.org>, (ben@example.org)').length, 2);
  for (const text of [
    '@ada',
    'ada@',
    'ada@example',
    'a@b@example.org',
    '.ada@example.org',
    'a..b@example.org',
    'ada.@example.org',
    'ada@-example.org',
    'ada@example.1',
    'ada@example..org',
    'me:pw@example.org',
    'ssh://git@example.org/x',
    'npm i lit@3.3.3',
    'x=ada@example.org',
  ]) {
    assert.deepEqual(hrefsIn(text), [], text);
  }
});

test('telephone numbers become links where they can be nothing else', () => {
  for (const [shown, href] of [
    ['+49 30 1234567', 'tel:+49301234567'],
    ['+49 (0)30 1234567', 'tel:+49301234567'],
    ['+49 (30) 12345-0', 'tel:+4930123450'],
    ['+49-171-1234567', 'tel:+491711234567'],
    ['+49.30.1234567', 'tel:+49301234567'],
    ['+491711234567', 'tel:+491711234567'],
    ['+49\u00a030\u00a01234567', 'tel:+49301234567'],
    ['0049 30 1234567', 'tel:+49301234567'],
    ['+1 (555) 234-5678', 'tel:+15552345678'],
    ['+1-555-234-5678', 'tel:+15552345678'],
    ['+44 20 7946 0958', 'tel:+442079460958'],
    ['+33 1 23 45 67 89', 'tel:+33123456789'],
    ['(555) 234-5678', 'tel:5552345678'],
    ['555-234-5678', 'tel:5552345678'],
    ['(030) 1234567', 'tel:0301234567'],
    ['030/1234567', 'tel:0301234567'],
    ['030 1234567', 'tel:0301234567'],
    ['0171 1234567', 'tel:01711234567'],
    ['0171-1234567', 'tel:01711234567'],
    ['020 7946 0958', 'tel:02079460958'],
    ['01 23 45 67 89', 'tel:0123456789'],
  ] as const) {
    for (const text of [
      shown,
      `Call ${shown}.`,
      `Tel.:${shown}, please`,
      `(${shown})`,
      `התקשרו ${shown} עכשיו`,
    ])
      assert.deepEqual(linksIn(text), [[shown, href]], text);
  }
  assert.deepEqual(hrefsIn('+49 30 1234567 / +49 171 1234567'), ['tel:+49301234567', 'tel:+491711234567']);
  assert.deepEqual(hrefsIn('+49 30 1234567 2 times'), ['tel:+49301234567']);
});

test('dates, prices, accounts, versions and orders are no telephone numbers', () => {
  for (const text of [
    '2026-11-29',
    '29.11.2026',
    '29/11/2026',
    '01/02/2024',
    '01.02.2024 08:30',
    '2026-11-29T10:00:00+01:00',
    '20261129',
    '10:30-11:45',
    '12.345,67 €',
    '+12.345,67 €',
    '+25 000 000 €',
    '€ 0171 1234567',
    '$1,234,567.89',
    '1 000 000 000',
    '+100 000 000',
    '+25000000 EUR',
    '+52.520008, +13.404954',
    'DE89 3704 0044 0532 0130 00',
    'DE89370400440532013000',
    'NL91 ABNA 0417 1643 00',
    'GB29 NWBK 6016 1331 9268 19',
    '4111 1111 1111 1111',
    '1.2.3',
    'v10.20.30.40',
    '192.168.178.100',
    '0.123456789',
    '302-1234567-1234567',
    'Order 0171-1234567',
    'Bestellnummer: 0171 1234567',
    'Rechnung Nr. 0123/456789',
    '#0171 1234567',
    'A0171 1234567',
    '0171 1234567a',
    '021/815/08150',
    '978-3-16-148410-0',
    '1234567890',
    '0123456789',
    '+1234567',
    '+123456789012345678',
    '110',
    '550e8400-e29b-41d4-a716-446655440000',
  ]) {
    assert.deepEqual(hrefsIn(text), [], text);
  }
});

test('whatever the text, a link leads to the web, a mail program or a telephone, and the pieces are the text', () => {
  for (const text of [
    ...FORBIDDEN_URLS,
    ...NAUGHTY_URLS,
    ...shellAttacks('/tmp/canary'),
    '',
    'a https://b.c/d e www.f.org g@h.org +49 30 1234567',
    '<b>https://x.y</b>',
    '\u202ehttps://x.y\u202c \u202ewww.gro.elpmaxe\u202c \u2067+49 30 1234567\u2069',
  ]) {
    const found = pieces(text);
    assert.equal(found.map((piece) => piece.text).join(''), text);
    for (const { href } of found) {
      if (href === null) continue;
      assert.match(href, /^(?:https?:\/\/[^/@]+(?:\/|$)|mailto:[\w.%+-]+@[a-z\d.-]+$|tel:\+?\d+$)/, text);
      assert.doesNotMatch(href, /["`\s]/, text);
    }
  }
  for (const text of FORBIDDEN_URLS) {
    if (!text.includes('https://example.org')) assert.deepEqual(hrefsIn(text), [], text);
  }
});

test('no text makes the search for links slow', () => {
  const LENGTH = 5000;
  for (const part of [
    'a',
    '1',
    '01',
    '01 ',
    '0171 ',
    '+49 ',
    '+',
    '(0',
    '12 ',
    '-',
    'a@',
    'a.',
    'a@b.',
    'a-',
    'www.',
    'www.a.',
    'www.a-',
    'https://',
    'https://a',
    'https://a)',
    '(',
    '\u0301',
    'é@é.',
    'AB12 ',
  ]) {
    for (const end of ['', '!', 'x@']) {
      const text = `${part.repeat(LENGTH / part.length)}${end}`;
      const began = performance.now();
      pieces(text);
      const ms = performance.now() - began;
      assert.ok(ms < 1000, `${JSON.stringify(part)} took ${ms.toFixed(0)} ms`);
    }
  }
});
