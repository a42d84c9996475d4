import { describe } from 'node:test';
import { withoutPostgres } from '../../support/postgres.ts';
import { isExtended } from '../../support/scale.ts';
import { CONTRACT } from '../contract/all.ts';
import { sharedPushRules } from '../contract/push.ts';
import { laterQueryRules } from '../contract/later-queries.ts';
import { recallRules } from '../contract/recall.ts';
import { searchCharacterRules } from '../contract/search-characters.ts';
import { postgresStore } from '../postgres-store.ts';

/** They ask thousands of questions, mostly of code that both stores share. */
const MANY_QUESTIONS = [searchCharacterRules, recallRules, laterQueryRules];
const rulesHere = CONTRACT.filter((rules) => isExtended || !MANY_QUESTIONS.includes(rules));

describe('the contract on PostgreSQL', { skip: withoutPostgres }, () => {
  for (const rules of [...rulesHere, sharedPushRules]) rules(postgresStore);
});
