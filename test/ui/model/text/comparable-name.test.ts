import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparableName } from '../../../../ui/model/text/comparable-name.ts';

test('[F2] names are compared as they are read: without case, accents, invisible characters and kinds of quotes and dashes', () => {
  for (const [name, typed] of [
    ['Müller', 'MULLER'],
    ['Straße', 'strasse'],
    ['José', 'jose\u0301'],
    ['O’Brien', "o'brien"],
    ['Anna\u2011Lena', 'anna-lena'],
    ['Hu\u00adber', 'huber'],
    ['Ｍａｘ', 'max'],
    [' Zoe\u200b ', 'zoe'],
  ] as const)
    assert.equal(comparableName(name), comparableName(typed), name);
  assert.notEqual(comparableName('Anna'), comparableName('Hanna'));
});
