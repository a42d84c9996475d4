import { commandAnswer } from './operator-command.ts';

/** Makes a user an admin, as an operator does. */
export const promote = async (server: { readonly dataDir: string }, username: string): Promise<void> => {
  await commandAnswer(server.dataDir, ['user', 'promote', username]);
};
