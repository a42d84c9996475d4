/** What tells the user something without being asked: the state of the connection, and what became of an action. The first screen is
 *  shown before this is loaded. */
import './connection-bar.ts';
import './toast-bar.ts';
