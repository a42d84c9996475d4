import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonPasswords } from '../../../server/actors/account/common-passwords.ts';
import { weakness } from '../../../server/actors/account/password-policy.ts';

test('the bundled list holds at least 3,000 entries of 8 letters and more, folded', () => {
  assert.ok(commonPasswords().size >= 3000, String(commonPasswords().size));
  for (const entry of commonPasswords()) {
    assert.equal(entry, entry.normalize('NFKC').toLowerCase());
    assert.ok(entry.length >= 8, entry);
  }
});

test('what people write when told to add a capital and a digit is refused', () => {
  const common =
    'Password1 Password123 PASSWORD1a Passw0rd P@ssw0rd1 Qwerty123 Welcome1 Welcome2024 Admin123 Letmein1 Abc12345';
  for (const password of `${common} Aa123456 Iloveyou1 Football1 Sunshine1 Summer2024 1Qaz2wsx Monkey123 Dragon123 Parley123`.split(
    ' ',
  )) {
    assert.notEqual(weakness(password, 'somebody'), null, password);
  }
});

test('what nobody else would write is taken', () => {
  for (const password of ['Right-Horse-1', 'gelbeBirnen7', 'Tr0ub4dor&3', 'Ünïcode9pass', 'aB3'.repeat(60)]) {
    assert.equal(weakness(password, 'somebody'), null, password);
  }
});
