import { accountRules } from './contract/accounts.ts';
import { deliveryRules } from './contract/delivery.ts';
import { laterQueryRules } from './contract/later-queries.ts';
import { listRules } from './contract/lists.ts';
import { presenceRules } from './contract/presence.ts';
import { recallRules } from './contract/recall.ts';
import { searchBoundRules } from './contract/search-bounds.ts';
import { searchCharacterRules } from './contract/search-characters.ts';
import { searchRules } from './contract/search.ts';
import { sessionRules } from './contract/sessions.ts';
import { undeliveredRules } from './contract/undelivered.ts';
import { sqliteFactory } from './sqlite-store.ts';

for (const rules of [
  deliveryRules,
  listRules,
  sessionRules,
  accountRules,
  searchRules,
  searchCharacterRules,
  recallRules,
  laterQueryRules,
  searchBoundRules,
  undeliveredRules,
  presenceRules,
])
  rules(sqliteFactory);
