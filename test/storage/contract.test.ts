import { CONTRACT } from './contract/all.ts';
import { sqliteFactory } from './sqlite-store.ts';

for (const rules of CONTRACT) rules(sqliteFactory);
