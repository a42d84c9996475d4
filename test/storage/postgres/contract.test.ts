import { describe } from 'node:test';
import { withoutPostgres } from '../../support/postgres.ts';
import { CONTRACT } from '../contract/all.ts';
import { postgresStore } from '../postgres-store.ts';

describe('the contract on PostgreSQL', { skip: withoutPostgres }, () => {
  for (const rules of CONTRACT) rules(postgresStore);
});
