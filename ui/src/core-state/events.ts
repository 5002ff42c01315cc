// The pump: events of the core into the stores of the account they are of, one update of the screen a frame.

import { subscribe } from '../host';
import type { Event } from '../generated/Event';
import type { OpenAt } from '../generated/OpenAt';
import type { Account } from './account.svelte';
import { accounts } from './accounts.svelte';
import { chats } from './chats.svelte';
import { frames } from './frames';
import { people } from './people.svelte';
import { sync } from './sync.svelte';
import { timelines } from './timeline.svelte';
import { totals } from './totals.svelte';
import { works } from './works.svelte';

/** Told which chats of an account came and went in one frame, so that a screen can follow one that got its own id. */
export type ChatsMoved = (account: Account, came: readonly string[], went: readonly string[]) => void;

/** Told that the person wants to see an account, and a place in it: they pressed a notification. */
export type Opened = (account: Account, at: OpenAt | null) => void;

/** Told what becomes of an account, or of this window. */
export type Heard = (account: Account, news: 'locked' | 'unlocked' | 'removed' | 'close') => void;

type News = Extract<Event, { type: 'locked' | 'unlocked' | 'removed' | 'close' }>;

export function startPump(onMoved: ChatsMoved, onOpened: Opened, onHeard: Heard = () => {}): Promise<void> {
  const lists = new WeakMap<Account, List>();

  function listOf(account: Account): List {
    const known = lists.get(account);
    if (known) return known;
    const list = listFor(account, onMoved);
    lists.set(account, list);
    return list;
  }

  return subscribe(({ account: id, events }) => {
    const account = accounts.get(id);
    // One that has left the window is still told of for a moment.
    if (!account) return;
    for (const event of events) {
      if (event.type === 'open') onOpened(account, event.at);
      else if (event.type === 'locked' || event.type === 'unlocked' || event.type === 'removed' || event.type === 'close') onHeard(account, event.type);
      else receive(account, listOf(account), event);
    }
  });
}

/** What a frame brings to the list of chats. */
interface List {
  came: string[];
  went: string[];
  request(): void;
}

function listFor(account: Account, onMoved: ChatsMoved): List {
  const next = frames(() => {
    const { came, went } = list;
    list.came = [];
    list.went = [];
    account.own(chats).publish();
    onMoved(account, came, went);
  });
  const list: List = { came: [], went: [], request: () => next.request() };
  return list;
}

function receive(account: Account, list: List, event: Exclude<Event, News | { type: 'open' }>): void {
  const rows = account.own(chats);
  switch (event.type) {
    case 'chat':
      if (!rows.has(event.row.id)) list.came.push(event.row.id);
      rows.put(event.row);
      list.request();
      break;
    case 'chat_gone':
      list.went.push(event.id);
      // Who looks at it goes along.
      if (event.goes_on_in !== null) list.came.push(event.goes_on_in);
      rows.remove(event.id);
      list.request();
      break;
    case 'timeline':
      account.own(timelines).deliver(event);
      break;
    case 'person':
      account.own(people).changed(event.user);
      break;
    case 'sync':
      account.own(sync).put(event.status);
      break;
    case 'totals':
      account.own(totals).put(event.totals);
      break;
    case 'work':
      account.own(works).put(event.work, event.done, event.all);
      break;
  }
}
