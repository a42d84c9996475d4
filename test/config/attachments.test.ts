import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../server/config/config.ts';

const largest = (mib: string): number | readonly string[] => {
  const parsed = parseConfig({ PARLEY_ATTACHMENT_MAX_MB: mib });
  return 'faults' in parsed ? parsed.faults.map(({ name }) => name) : parsed.config.attachmentMaxBytes;
};

test('[G1] the largest attachment is given in MiB, and 0 switches uploads off', () => {
  assert.deepEqual(['0', '1', '2048'].map(largest), [0, 1_048_576, 2 ** 31]);
  for (const wrong of ['-1', '1.5', '2049', '25m'])
    assert.deepEqual(largest(wrong), ['PARLEY_ATTACHMENT_MAX_MB'], wrong);
});
