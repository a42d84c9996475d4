import assert from 'node:assert/strict';
import { chownSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { giveToOwner } from '../../../server/storage/data-dir/owner.ts';
import { tempDir } from '../../support/temp-dir.ts';

const OWNER = 65_534;
const skip = process.geteuid?.() === 0 ? false : 'not run: only root gives files away';

test(
  'what root wrote in a data directory is its owner’s afterwards, and nothing that a link leads to',
  { skip },
  (t) => {
    const folder = tempDir(t);
    const [dataDir, elsewhere] = [join(folder, 'data'), join(folder, 'elsewhere')];
    const file = (name: string): string => join(dataDir, name);
    const ownerOf = (path: string): number => lstatSync(path).uid;
    writeFileSync(elsewhere, '');
    mkdirSync(dataDir);
    writeFileSync(file('jwt.key'), '');
    symlinkSync(elsewhere, file('symbolic'));
    linkSync(elsewhere, file('hard'));

    giveToOwner(dataDir);
    assert.equal(ownerOf(file('jwt.key')), 0, 'root’s own directory stays as it is');

    chownSync(dataDir, OWNER, OWNER);
    giveToOwner(dataDir);
    assert.equal(ownerOf(file('jwt.key')), OWNER);
    assert.equal(ownerOf(elsewhere), 0);
    assert.equal(ownerOf(file('symbolic')), 0);
  },
);
