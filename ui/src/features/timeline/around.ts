// What a message needs to know of the chat it is in. Not its whole row: that changes with each message that comes, and
// every message on screen would be looked at anew.

import type { ChatRow } from '../../generated/ChatRow';

export type Around = Pick<ChatRow, 'id' | 'kind' | 'status'>;
